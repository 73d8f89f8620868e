"""One request to DynamoDB and its answer, without the half of a call's time that boto3 spends on what never differs.

Credentials, endpoint, certificates and proxies are those that boto3 found, and botocore signs and sends. Left out is
what it works out anew for every call of every service: the endpoint by rules, the words of its user agent, and the walk
through the service's model, which turns into JSON what is JSON already: attribute values of ours are texts, whole
numbers as text, booleans, lists and maps.

What listens to the client's events `before-call`, `before-send` and `after-call` hears of these requests as well.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import boto3.session
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest, AWSResponse
from botocore.exceptions import ClientError
from botocore.parsers import ResponseParserError


class Calls:
    def __init__(self, session: boto3.session.Session, client: Any) -> None:
        """`client`: of DynamoDB, made by `session`."""
        meta = client.meta
        model = meta.service_model
        self._client = client
        self._events = meta.events
        self._names: Mapping[str, str] = meta.method_to_api_mapping
        self._credentials = session.get_credentials()  # they renew themselves
        self._scope = (model.signing_name, meta.region_name)
        self._url = meta.endpoint_url if urlsplit(meta.endpoint_url).path else f"{meta.endpoint_url}/"
        self._target = model.metadata["targetPrefix"]
        self._headers = {
            "Content-Type": f"application/x-amz-json-{model.metadata['jsonVersion']}",
            "User-Agent": meta.config.user_agent,
        }

    def send(self, operation: str, request: Mapping[str, Any]) -> dict[str, Any]:
        """The answer to `operation` ("get_item"), as the client's method of that name would give it.

        But for metadata of the response, timestamps and binary values, which nobody here asks for. Raises what the
        client raises: ClientError for a refusal, and other errors of botocore when there is no answer.
        """
        name = self._names[operation]
        headers = {**self._headers, "X-Amz-Target": f"{self._target}.{name}"}
        about: dict[str, Any] = {
            "model": self._client.meta.service_model.operation_model(name),
            "context": {},
        }
        sent = {"headers": headers, "body": json.dumps(request, separators=(",", ":")).encode(), "url": self._url}
        self._events.emit(f"before-call.dynamodb.{name}", params=sent, request_signer=None, **about)
        response = self._answered(name, self._signed(sent))
        parsed = _parsed(response)
        self._events.emit(f"after-call.dynamodb.{name}", http_response=response, parsed=parsed, **about)
        if response.status_code >= 300:
            raise ClientError(parsed, name)
        return parsed

    def _signed(self, sent: Mapping[str, Any]) -> Any:
        request = AWSRequest("POST", sent["url"], sent["headers"], sent["body"])
        # Of one moment: key, secret and token belong together.
        credentials = None if self._credentials is None else self._credentials.get_frozen_credentials()
        SigV4Auth(credentials, *self._scope).add_auth(request)
        return request.prepare()

    def _answered(self, name: str, request: Any) -> AWSResponse:
        for _, answer in self._events.emit(f"before-send.dynamodb.{name}", request=request):
            if answer is not None:
                return answer
        # The client's own: nothing public sends a signed request by its connections.
        return self._client._endpoint.http_session.send(request)


def _parsed(response: AWSResponse) -> dict[str, Any]:
    """The body; of a refusal with `Error` and `ResponseMetadata`, as ClientError has them."""
    try:
        body = json.loads(response.content)
    except ValueError:
        body = None
    if response.status_code < 300:
        if not isinstance(body, dict):
            raise ResponseParserError("DynamoDB's answer is no JSON object")
        return body
    said = body if isinstance(body, dict) else {}  # a proxy on the way may answer with a page
    code = str(said.get("__type", response.status_code)).rpartition("#")[2]
    return {
        **said,
        "Error": {"Code": code, "Message": said.get("message") or said.get("Message") or ""},
        "ResponseMetadata": {
            "HTTPStatusCode": response.status_code,
            "RequestId": response.headers.get("x-amzn-requestid", ""),
        },
    }
