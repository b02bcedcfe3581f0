"""Request shapes of tell, build and the answers to a run's questions."""

from typing import Annotated

from msgspec import Meta

from plandex_server.api.body import NEEDED, Body

_SCRIPT_REPORT = "Execution failed with exit status "


class CredentialsBody(Body):
    """Provider credentials; `api_keys` and `open_ai_org_id` count only without `auth_vars`."""

    auth_vars: dict[str, str] | None = None
    api_keys: dict[str, str] | None = None
    open_ai_org_id: str = ""
    session_id: str = ""


class TellPlanRequest(CredentialsBody):
    prompt: str = ""
    build_mode: str = "auto"
    connect_stream: bool = False
    auto_continue: bool = False
    is_user_continue: bool = False
    is_user_debug: bool = False
    is_apply_debug: bool = False
    is_chat_only: bool = False
    auto_context: bool = False
    smart_context: bool = False
    exec_enabled: bool = False
    os_details: str = ""
    project_paths: dict[str, bool] = {}
    is_implementation_of_chat: bool = False
    is_git_repo: bool = False

    def __post_init__(self) -> None:
        # The CLI reports a failed `_apply.sh` without the flag. Reports of other commands,
        # which begin the same way, come as `is_user_debug` with exec mode off.
        if self.exec_enabled and not self.is_user_debug:
            self.is_apply_debug |= self.prompt.startswith(_SCRIPT_REPORT)

    @property
    def builds(self) -> bool:
        """Whether the reply's file operations are built at once."""
        return self.build_mode != "none" and not self.is_chat_only


class BuildPlanRequest(CredentialsBody):
    connect_stream: bool = False
    project_paths: dict[str, bool] = {}


class RespondMissingFileRequest(Body):
    choice: Annotated[
        str, Meta(extra_json_schema={NEEDED: True, "enum": ["load", "skip", "overwrite"]})
    ] = ""
    file_path: str = ""
    body: str = ""


class RejectFileRequest(Body):
    file_path: str = ""


class RejectFilesRequest(Body):
    paths: list[str] = []


class RewindRequest(Body):
    sha: str = ""
