# Web, worker and every other command from one image, as an unprivileged user, on a root that may be read-only.
# BASE may be any Debian-like image with python3 (3.11 or later), its venv module and tzdata.
ARG BASE=docker.io/library/python:3.11.14-slim-bookworm

FROM ${BASE} AS packages
WORKDIR /build
COPY requirements.txt constraints.txt ./
# Wheels only: nothing is compiled, so no compiler is fetched. An index of your own: --secret id=pip,src=pip.conf
RUN --mount=type=secret,id=pip,target=/etc/pip.conf \
    python3 -m venv /opt/pip && python3 -m venv --without-pip /opt/venv \
    && /opt/pip/bin/pip --python /opt/venv/bin/python --disable-pip-version-check --no-cache-dir \
        install --no-compile --only-binary=:all: --requirement requirements.txt dumb-init==1.2.5.post1
# Without these packages' own tests, which are 100 MB, and which nothing that runs imports. What is left is compiled
# here, as nobody can write beside it later; by hash, so that no time of building is in the files.
RUN cd /opt/venv/lib/python3*/site-packages \
    && find matplotlib pandas -type d -name tests -prune -exec rm -r {} + \
    && /opt/venv/bin/python -m compileall -q -j 0 --invalidation-mode unchecked-hash .

FROM packages AS program
WORKDIR /srv/retail-sync
COPY app app
COPY pages pages
COPY components components
COPY assets assets
COPY deploy/start.sh deploy/start.sh
RUN chmod -R a+rX . && /opt/venv/bin/python -m compileall -q -j 0 --invalidation-mode unchecked-hash .

FROM ${BASE}
RUN useradd --no-log-init --uid 10001 --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin shop \
    && install --directory --mode 0700 --owner shop --group shop /data
COPY --from=packages /opt/venv /opt/venv
COPY --from=program /srv/retail-sync /srv/retail-sync
WORKDIR /srv/retail-sync
ENV PATH=/opt/venv/bin:$PATH PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 LANG=C.UTF-8 MPLCONFIGDIR=/tmp/matplotlib \
    DATA_DIR=/data HOST=0.0.0.0 PORT=5000
USER 10001
# All that is ever written: the embedded default's data, and scratch.
VOLUME ["/data", "/tmp"]
EXPOSE 5000
HEALTHCHECK --interval=15s --timeout=3s --start-period=60s \
    CMD ["python", "-c", "import os, urllib.request as u; u.urlopen(f'http://127.0.0.1:{os.environ[\"PORT\"]}/healthz', timeout=2)"]
# Process 1 gets no SIGTERM before it asks for it, and Python takes seconds to load: dumb-init asks at once.
ENTRYPOINT ["dumb-init", "--single-child", "--", "sh", "/srv/retail-sync/deploy/start.sh"]
CMD ["web"]
