# syntax=docker/dockerfile:1
# Privacy Desk as an image: docs/server.md says how it is run, compose.yaml runs it.
ARG PYTHON=3.11.14-slim-bookworm

# Everything is fetched and compiled here; nothing of pip and its caches goes further.
FROM python:${PYTHON} AS build
SHELL ["/bin/sh", "-eu", "-c"]
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /opt/privacy-desk
COPY requirements.txt ./
# The records of a team are kept in PostgreSQL; its driver is pinned as in pyproject.toml.
RUN python -m venv /opt/venv \
 && /opt/venv/bin/python -m pip install --only-binary :all: -r requirements.txt "psycopg[binary]==3.3.9" \
 && /opt/venv/bin/python -m pip check \
 && /opt/venv/bin/python -m pip uninstall -y pip
COPY app.py LICENSE README.md ./
COPY .streamlit/config.toml .streamlit/config.toml
COPY compliance compliance
COPY pages pages
# Nobody may write here later, so the bytecode is made now: without it every start takes seconds.
RUN /opt/venv/bin/python -m compileall -q -j 0 /opt/venv/lib /opt/privacy-desk

FROM python:${PYTHON} AS desk
SHELL ["/bin/sh", "-eu", "-c"]
LABEL org.opencontainers.image.title="Privacy Desk" \
      org.opencontainers.image.licenses="Apache-2.0"
RUN groupadd --gid 10001 desk \
 && useradd --no-log-init --no-create-home --uid 10001 --gid desk --home-dir /data --shell /usr/sbin/nologin desk \
 && install -d -o desk -g desk -m 0700 /data
COPY --from=build /opt/venv /opt/venv
COPY --from=build /opt/privacy-desk /opt/privacy-desk
# The address is said, or Streamlit would ask a server on the internet for ours when it starts.
ENV PATH=/opt/venv/bin:/usr/local/bin:/usr/bin:/bin \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    HOME=/data \
    STREAMLIT_BROWSER_SERVER_ADDRESS=localhost \
    MPLCONFIGDIR=/tmp/matplotlib \
    PRIVACY_DESK_HOME=/data/desk \
    PRIVACY_DESK_LOG_FORMAT=json
WORKDIR /opt/privacy-desk
USER 10001:10001
VOLUME ["/data"]
EXPOSE 8501
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=15s --timeout=5s --start-period=60s --retries=3 \
  CMD ["/opt/venv/bin/python", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:8501/health', timeout=4)"]
CMD ["/opt/venv/bin/python", "-m", "streamlit", "run", "pages/parts/server.py", "--server.address", "0.0.0.0", "--server.port", "8501"]
