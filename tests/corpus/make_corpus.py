#!/usr/bin/env python3
"""Writes the corpora of sparkplug_, delivery_body_ and host_session_fuzz.cpp beside itself: bytes made
here from the field numbers, without our encoder. Run it once after adding a case; commit the files."""
import struct
from pathlib import Path

HERE = Path(__file__).resolve().parent


def varint(number):
    number &= (1 << 64) - 1
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)
    return bytes(out)


def num(field, number):
    return varint(field << 3) + varint(number)


def raw(field, data):
    data = data.encode() if isinstance(data, str) else data
    return varint(field << 3 | 2) + varint(len(data)) + data


def f32(field, number):
    return varint(field << 3 | 5) + struct.pack("<f", number)


def f64(field, number):
    return varint(field << 3 | 1) + struct.pack("<d", number)


def metric(name, datatype, value, *more):
    return raw(2, raw(1, name) + num(3, 1_763_856_000_000) + num(4, datatype) + value + b"".join(more))


def payload(*metrics, seq=0):
    return num(1, 1_763_856_000_000) + b"".join(metrics) + num(3, seq)


def packed(*numbers):
    return b"".join(varint(n) for n in numbers)


DATASET = (num(1, 2) + raw(2, "a") + raw(2, "b") + num(3, 3) + num(3, 12)
           + raw(4, raw(1, num(1, 5)) + raw(1, raw(6, "x"))) + raw(4, raw(1, b"") + raw(1, raw(6, ""))))
TEMPLATE = raw(1, "v1") + raw(2, raw(1, "speed") + num(4, 10) + f64(13, 1.5)) + raw(
    3, raw(1, "index") + num(2, 3) + num(3, 7)) + raw(4, "machine") + num(5, 0)
PROPERTIES = raw(1, "Quality") + raw(1, "engUnit") + raw(2, num(1, 3) + num(3, 500)) + raw(
    2, num(1, 12) + raw(8, "m3/h"))

SPARKPLUG = {
    "nbirth": payload(metric("bdSeq", 4, num(11, 3)), metric("Node Control/Rebirth", 11, num(14, 0))),
    "ndeath_legacy": num(1, 5) + metric("bdSeq", 8, num(11, 0)),
    "ddata_alias": payload(raw(2, num(2, 7) + num(3, 9) + f64(13, float("nan"))), seq=255),
    "negative_ints": payload(metric("a", 1, num(10, 0xFFFFFFFF)), metric("b", 2, num(10, 0x8000)),
                             metric("c", 4, num(11, -1))),
    "floats": payload(metric("f", 9, f32(12, 1e38)), metric("d", 10, f64(13, -0.0))),
    "texts": payload(metric("s", 12, raw(15, "中文")), metric("bad", 14, raw(15, b"\xff\xfe"))),
    "arrays": payload(metric("i8", 22, raw(16, b"\xe9\x7b")), metric("b", 32, raw(16, b"\x0c\0\0\0\x34\xd0")),
                      metric("s", 33, raw(16, b"ABC\0hello\0")), metric("torn", 31, raw(16, b"1234567"))),
    "dataset": payload(metric("t", 16, raw(17, DATASET))),
    "template": payload(metric("m", 19, raw(18, TEMPLATE))),
    "nested_template": payload(metric("m", 19, raw(18, raw(2, raw(1, "t") + num(4, 19) + raw(18, TEMPLATE))))),
    "properties": payload(metric("flow", 10, f64(13, 12.5), raw(9, PROPERTIES))),
    "null_historical_transient": payload(metric("n", 10, b"", num(5, 1), num(6, 1), num(7, 1))),
    "compressed": raw(4, "SPBV1.0_COMPRESSED") + raw(5, b"x\x9c\x03\x00\x00\x00\x00\x01"),
    "unknown_fields": num(99, 1) + raw(100, "x") + payload(metric("a", 99, raw(19, b""))),
    "wrong_wire_types": raw(1, "time") + num(2, 4) + raw(3, "seq"),
    "long_name": payload(metric("n" * 2000, 3, num(10, 1))),
    "torn": payload(metric("a", 10, f64(13, 1.5)))[:-9],
    "varint_too_long": b"\x08" + b"\xff" * 11,
    "length_beyond_end": b"\x12\xff\xff\xff\xff\x0f",
    "state": b'{"online":true,"timestamp":1763856000000}',
    "topic": b"spBv1.0/g/DDATA/n/d",
}

UUID, BOOT = bytes(range(16)), bytes(range(16, 32))
EDGE_TIME = num(7, 1_763_856_000_123_456) + num(8, 98_765) + raw(9, BOOT)


def body(kind, *fields):
    return num(1, 1) + num(4, kind) + b"".join(fields)


DELIVERY = {
    "batch": body(1, raw(2, UUID), num(3, 300), EDGE_TIME, raw(5, packed(0, 999, 250)),
                  raw(6, packed(0, 0x80000003, 1, 0x40000006))),
    "batch_plain": body(1, raw(2, UUID), num(3, 1), EDGE_TIME),
    "batch_bad_uuid": body(1, raw(2, UUID[:5]), num(3, 1), EDGE_TIME),
    "batch_1000_us": body(1, raw(2, UUID), num(3, 1), EDGE_TIME, raw(5, packed(1000))),
    "batch_half_quality": body(1, raw(2, UUID), num(3, 1), EDGE_TIME, raw(6, packed(1))),
    "batch_quality_far": body(1, raw(2, UUID), num(3, 1), EDGE_TIME, raw(6, packed(0xFFFFFFFF, 1))),
    "hello": body(2, raw(2, UUID), EDGE_TIME, num(10, 7), num(11, 301)),
    "hello_crossed": body(2, raw(2, UUID), EDGE_TIME, num(10, 9), num(11, 3)),
    "tombstone": body(3, raw(2, UUID), num(12, 3), num(13, 6), raw(14, packed(500, 0, 499, 1)), num(15, 1), num(16, -1),
                      raw(17, "evicted")),
    "acknowledgement": body(4, raw(2, UUID), num(18, 100), raw(19, packed(2, 1, 96, 301)), num(20, 64), num(21, 1 << 22),
                            num(25, 77), num(26, 3)),
    "acknowledgement_wraps": body(4, raw(2, UUID), num(18, 1), raw(19, packed(1, (1 << 64) - 1))),
    "acknowledgement_no_gap": body(4, raw(2, UUID), num(18, 1), raw(19, packed(0, 1))),
    "status": body(5, EDGE_TIME, num(22, 12), num(23, 3456), num(24, 7)),
    "command": body(6, raw(27, UUID), num(28, 1_763_856_000_123_456)),
    "command_no_deadline": body(6, raw(27, UUID)),
    "command_done": body(7, raw(27, UUID)),
    "command_refused": body(7, raw(27, UUID), raw(29, "forbidden"), raw(30, "the device refuses 3 bar"),
                            raw(31, "See its manual."), num(32, 1)),
    "command_wordy": body(7, raw(27, UUID), raw(29, "x" * 40), raw(30, b"\xff" * 600), num(32, 7)),
    "command_stray": body(7, raw(27, UUID), raw(29, ""), raw(30, "hi")),
    "version_2": num(1, 2) + num(4, 1),
    "kind_9": body(9),
    "kind_wraps": num(1, 1) + num(4, (1 << 32) + 1),
    "unknown_fields": body(5, EDGE_TIME, num(99, 1), raw(100, "x")),
    "torn": body(2, raw(2, UUID), EDGE_TIME)[:-4],
}

TOPICS = {"nbirth": 0, "dbirth": 1, "ndata": 2, "ddata": 3, "ddeath": 4, "ndeath": 5, "state": 6, "ddata_e": 7}


def talk(*messages):
    """A conversation as host_session_fuzz.cpp takes it: topic, length, bytes for each message."""
    return b"".join(bytes([TOPICS[topic]]) + struct.pack(">H", len(data)) + data for topic, data in messages)


def aliased(alias, value, *more):
    return raw(2, num(2, alias) + num(3, 1_763_856_000_001) + value + b"".join(more))


NBIRTH = ("nbirth", SPARKPLUG["nbirth"])
DBIRTH = ("dbirth", payload(metric("Flow", 10, f64(13, 1.5), num(2, 7)), metric("Count", 2, num(10, 0xFFFF), num(2, 8)),
                            metric("Text", 12, raw(15, "x"), num(2, 9)), seq=1))
EDGE_NBIRTH = ("nbirth", SPARKPLUG["nbirth"] + raw(5, DELIVERY["hello"]))
EDGE_DBIRTH = ("dbirth", payload(metric("flow", 10, f64(13, 1.5), num(2, 7)), seq=1))
HOST_SESSION = {
    "third_party": talk(NBIRTH, DBIRTH, ("ddata", payload(aliased(7, f64(13, 2.5)), seq=2))),
    "gap": talk(NBIRTH, DBIRTH, *(("ddata", payload(aliased(7, f64(13, n)), seq=n)) for n in (4, 5, 6, 7, 8, 2, 3))),
    "unknown_node": talk(("ddata", payload(aliased(7, f64(13, 2.5)), seq=2))),
    "unknown_alias": talk(NBIRTH, DBIRTH, ("ddata", payload(aliased(99, f64(13, 2.5)), seq=2))),
    "wrong_type": talk(NBIRTH, DBIRTH, ("ddata", payload(aliased(7, raw(15, "text")), aliased(9, num(10, 5)), seq=2))),
    "not_utf8": talk(NBIRTH, DBIRTH, ("ddata", payload(aliased(9, raw(15, b"\xff")), seq=2))),
    "deaths": talk(NBIRTH, DBIRTH, ("ddeath", payload(seq=2)), ("ndeath", payload(metric("bdSeq", 4, num(11, 3))))),
    "complex": talk(NBIRTH, ("dbirth", payload(metric("t", 16, raw(17, DATASET)), metric("m", 19, raw(18, TEMPLATE)), seq=1))),
    "compressed": talk(NBIRTH, ("dbirth", SPARKPLUG["compressed"])),
    "state": talk(("state", b'{"online":false,"timestamp":1}'), ("state", b"ONLINE")),
    "edge": talk(EDGE_NBIRTH, EDGE_DBIRTH, ("ddata", payload(*(aliased(7, f64(13, n)) for n in range(3)), seq=2)
                                            + raw(5, DELIVERY["batch"])), ("ndata", raw(5, DELIVERY["tombstone"])),
                 ("ndata", raw(5, DELIVERY["status"])), ("ndata", raw(5, DELIVERY["command_refused"])),
                 ("ndata", raw(5, DELIVERY["command_wordy"]))),
    "edge_crooked": talk(EDGE_NBIRTH, EDGE_DBIRTH, ("ddata", payload(aliased(7, f64(13, 1)), seq=2)
                                                    + raw(5, DELIVERY["batch"]))),
    "edge_bad_name": talk(EDGE_NBIRTH, ("dbirth", payload(metric("Flow!", 10, f64(13, 1.5), num(2, 7)), seq=1))),
    "equal_names": talk(NBIRTH, ("dbirth", payload(metric("Flow", 10, f64(13, 1)), metric("flow", 10, f64(13, 2)), seq=1))),
}

for folder, cases in (("sparkplug", SPARKPLUG), ("delivery_body", DELIVERY), ("host_session", HOST_SESSION)):
    (HERE / folder).mkdir(exist_ok=True)
    for name, data in cases.items():
        (HERE / folder / name).write_bytes(data)
    print(f"{folder}: {len(cases)} inputs")
