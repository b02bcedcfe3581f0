# Two stages: the first installs the locked dependencies, the second runs as an ordinary user. The
# root file system may be read-only; only /data and /tmp are written. BASE is any image with
# Python 3.11 or newer, without an entry point.
ARG BASE=python:3.11.14-slim-bookworm

FROM ${BASE} AS build
WORKDIR /app
COPY requirements.lock requirements-tracing.lock ./
RUN python3 -m venv .venv \
 && .venv/bin/pip install --no-cache-dir --disable-pip-version-check --no-compile --require-hashes \
      -r requirements.lock -r requirements-tracing.lock \
 && .venv/bin/pip uninstall --yes --quiet pip setuptools
COPY . .
RUN .venv/bin/python -m compileall -q -j 0 . || true

FROM ${BASE}
RUN groupadd --gid 10001 plandex \
 && useradd --uid 10001 --gid plandex --home-dir /data --shell /usr/sbin/nologin plandex \
 && mkdir /data && chown plandex:plandex /data
COPY --from=build /app /app
WORKDIR /app
ENV HOST=0.0.0.0 LOCAL_MODE=0 PLANDEX_DATA_DIR=/data LOG_FORMAT=json \
    PATH=/app/.venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
USER 10001:10001
VOLUME /data
EXPOSE 8099
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=4s --start-period=30s CMD ["python", "deploy/healthy.py"]
CMD ["python", "manage.py", "serve"]
