"""OTLP's values become plain ones, the same from JSON and from protobuf."""

import msgspec
from google.protobuf import json_format
from opentelemetry.proto.common.v1 import common_pb2

from harness.traces.otlp_values import KeyValueList, plain_attributes, plain_messages

ATTRIBUTES = [
    {"key": "text", "value": {"stringValue": "x"}},
    {"key": "empty", "value": {"stringValue": ""}},
    {"key": "truth", "value": {"boolValue": False}},
    {"key": "large", "value": {"intValue": "9223372036854775807"}},
    {"key": "share", "value": {"doubleValue": 0.5}},
    {"key": "list", "value": {"arrayValue": {"values": [{"intValue": "1"}, {"stringValue": "b"}]}}},
    {"key": "map", "value": {"kvlistValue": {"values": [{"key": "a", "value": {"intValue": "2"}}]}}},
    {"key": "nothing", "value": {}},
]
PLAIN = {
    "text": "x",
    "empty": "",
    "truth": False,
    "large": 2**63 - 1,
    "share": 0.5,
    "list": [1, "b"],
    "map": {"a": 2},
    "nothing": None,
}


def test_json_values_become_plain():
    """Each type keeps its type, and 64 bits stay 64 bits."""
    read = msgspec.convert({"values": ATTRIBUTES}, KeyValueList)

    assert plain_attributes(read.values) == PLAIN


def test_protobuf_values_become_the_same():
    """The wire's encoding does not show."""
    message = json_format.ParseDict({"values": ATTRIBUTES}, common_pb2.KeyValueList())

    assert plain_messages(message.values) == PLAIN


def test_none_is_nothing():
    """A message may leave its attributes out."""
    assert plain_attributes(None) == {}


def test_bytes_are_kept_as_text():
    """JSON has them as base64, protobuf as octets; both are shown, neither is lost."""
    message = common_pb2.KeyValue(key="b", value=common_pb2.AnyValue(bytes_value=b"\xff"))
    read = msgspec.convert({"values": [{"key": "b", "value": {"bytesValue": "/w=="}}]}, KeyValueList)

    assert plain_messages([message]) == {"b": "ff"}
    assert plain_attributes(read.values) == {"b": "/w=="}
