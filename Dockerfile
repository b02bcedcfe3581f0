# Two stages: the first installs the locked dependencies, the second runs as an ordinary user.
FROM python:3.11-slim AS build
WORKDIR /app
COPY requirements.lock ./
RUN python -m venv .venv && .venv/bin/pip install --no-cache-dir --require-hashes -r requirements.lock

FROM python:3.11-slim
WORKDIR /app
RUN useradd --system --home-dir /data --shell /usr/sbin/nologin plandex && mkdir /data && chown plandex /data
COPY --from=build /app/.venv .venv
COPY . .
ENV HOST=0.0.0.0 LOCAL_MODE=0 PLANDEX_DATA_DIR=/data PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
USER plandex
VOLUME /data
EXPOSE 8099
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s \
  CMD [".venv/bin/python", "-c", "import os, urllib.request; urllib.request.urlopen(f\"http://127.0.0.1:{os.environ.get('PORT', '8099')}/health\", timeout=2)"]
CMD [".venv/bin/python", "manage.py", "serve"]
