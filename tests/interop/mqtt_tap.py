"""A relay between an MQTT 3.1.1 client and its broker that keeps every packet as it was on the wire."""
import socket
import threading
import time
from dataclasses import dataclass

CONNECT, PUBLISH, SUBSCRIBE = 1, 3, 8


@dataclass
class Packet:
    at: float
    is_from_client: bool
    kind: int
    flags: int
    body: bytes

    def text(self, offset):
        """A length-prefixed field: its bytes and the offset behind it."""
        length = int.from_bytes(self.body[offset:offset + 2])
        return self.body[offset + 2:offset + 2 + length], offset + 2 + length

    def publish(self):
        """(topic, payload) of a PUBLISH."""
        topic, at = self.text(0)
        return topic.decode(), self.body[at + (2 if self.flags & 0b110 else 0):]

    def will(self):
        """(topic, payload, qos, retain) of a CONNECT."""
        flags = self.body[7]
        assert flags & 0b100, "a CONNECT without a will"
        _, at = self.text(10)
        topic, at = self.text(at)
        payload, _ = self.text(at)
        return topic.decode(), payload, flags >> 3 & 0b11, bool(flags & 0b100000)

    def filters(self):
        """[(filter, qos)] of a SUBSCRIBE."""
        found, at = [], 2
        while at < len(self.body):
            one, at = self.text(at)
            found.append((one.decode(), self.body[at]))
            at += 1
        return found


def packets_of(buffer):
    """The whole packets at the begin of a buffer as (kind, flags, body), and what is left."""
    found = []
    while True:
        length, shift, at = 0, 0, 1
        while at < len(buffer) and at <= 4:
            length |= (buffer[at] & 0x7F) << shift
            shift, at = shift + 7, at + 1
            if not buffer[at - 1] & 0x80:
                break
        else:
            return found, buffer
        if len(buffer) < at + length:
            return found, buffer
        found.append((buffer[0] >> 4, buffer[0] & 0xF, bytes(buffer[at:at + length])))
        buffer = buffer[at + length:]


class MqttTap:
    def __init__(self, broker_port):
        self.broker_port, self.packets, self.sockets = broker_port, [], []
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                client = self.listener.accept()[0]
            except OSError:
                return
            try:
                broker = socket.create_connection(("127.0.0.1", self.broker_port))
            except OSError:
                client.close()
                continue
            self.sockets += [client, broker]
            threading.Thread(target=self.relay, args=(client, broker, True), daemon=True).start()
            threading.Thread(target=self.relay, args=(broker, client, False), daemon=True).start()

    def relay(self, source, target, is_from_client):
        buffer = b""
        try:
            while data := source.recv(65536):
                found, buffer = packets_of(buffer + data)
                self.packets += [Packet(time.time(), is_from_client, *one) for one in found]
                target.sendall(data)
        except OSError:
            pass
        for one in (source, target):
            try:
                one.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def of_client(self, kind):
        return [packet for packet in list(self.packets) if packet.is_from_client and packet.kind == kind]

    def close(self):
        self.listener.close()
        for one in self.sockets:
            one.close()
