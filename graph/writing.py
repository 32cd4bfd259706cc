"""Questions that change something. They are put once: who asked decides whether to ask again, by looking first.

Kiota would repeat them by itself, also where the first one may have been carried out and only its answer was lost.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from kiota_abstractions.method import Method
from kiota_abstractions.request_information import RequestInformation
from kiota_http.middleware.options import RetryHandlerOption

if TYPE_CHECKING:
    from kiota_abstractions.base_request_builder import BaseRequestBuilder


def post(builder: BaseRequestBuilder, body: Mapping[str, Any]) -> RequestInformation:
    """A POST of this JSON, to where the builder leads."""
    return post_content(builder, json.dumps(body).encode(), "application/json")


def post_content(builder: BaseRequestBuilder, content: bytes, content_type: str) -> RequestInformation:
    """A POST of these bytes, to where the builder leads."""
    question = RequestInformation(Method.POST, builder.url_template, builder.path_parameters)
    question.headers.try_add("Accept", "application/json")
    question.set_stream_content(content, content_type)
    return once(question)


def with_etag(question: RequestInformation, etag: str) -> RequestInformation:
    """Only if the thing is still as it was when it had this etag; else `GraphRefused(412)`."""
    question.headers.try_add("If-Match", etag)
    return once(question)


def once(question: RequestInformation) -> RequestInformation:
    """Not repeated by Kiota."""
    question.add_request_options([RetryHandlerOption(delay=0, max_retries=0)])
    return question
