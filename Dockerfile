# The same server as `make run`, as an unprivileged user. Data lives in the volume /data.
FROM python:3.11-slim

ENV PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 PIP_NO_CACHE_DIR=1
RUN useradd --create-home --uid 10001 shop && mkdir /data && chown shop /data
WORKDIR /srv/retail-sync
COPY requirements.txt constraints.txt ./
RUN pip install --disable-pip-version-check -r requirements.txt
COPY app app
COPY pages pages
COPY components components
COPY assets assets
COPY deploy/start.sh deploy/start.sh
USER shop
ENV DATA_DIR=/data HOST=0.0.0.0 PORT=5000
VOLUME /data
EXPOSE 5000
HEALTHCHECK --interval=15s --timeout=3s --start-period=60s \
    CMD ["python", "-c", "import os, urllib.request as u; u.urlopen(f'http://127.0.0.1:{os.environ[\"PORT\"]}/healthz', timeout=2)"]
ENTRYPOINT ["sh", "deploy/start.sh"]
