"""PostgreSQL 17 with TimescaleDB and VictoriaMetrics as they come from Debian, each in a folder of its own on loopback."""
import io
import os
import pwd
import shutil
import subprocess
import time
import urllib.request
from pathlib import Path

import psycopg2

from measure import bytes_of, descendants, tree_cpu_seconds
from plant import free_port, wait_for

POSTGRES = Path("/usr/lib/postgresql/17/bin")


class Timescale:
    """Durable as the hub is: fsync and synchronous_commit on. Autovacuum is off, so that its work is nowhere counted."""

    settings = {"shared_preload_libraries": "timescaledb", "timescaledb.telemetry_level": "off",
                "listen_addresses": "", "shared_buffers": "2GB", "maintenance_work_mem": "1GB", "max_wal_size": "8GB",
                "work_mem": "64MB", "autovacuum": "off", "jit": "off"}

    def __init__(self, folder):
        self.folder, self.data, self.process = Path(folder), Path(folder) / "data", None

    def start(self):
        account = pwd.getpwnam("postgres")
        self.folder.mkdir(parents=True)
        os.chown(self.folder, account.pw_uid, account.pw_gid)
        self.run_as = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
        subprocess.run([POSTGRES / "initdb", "-D", self.data, "-A", "trust", "-E", "UTF8", "--locale=C"], check=True,
                       stdout=subprocess.DEVNULL, cwd=self.folder, **self.run_as)
        with (self.data / "postgresql.conf").open("a") as conf:
            for name, value in {**self.settings, "unix_socket_directories": self.folder}.items():
                conf.write(f"{name} = '{value}'\n")
        log = (self.folder / "log").open("ab")
        self.process = subprocess.Popen([POSTGRES / "postgres", "-D", self.data], stdout=log, stderr=log,
                                        cwd=self.folder, **self.run_as)
        self.connection = wait_for("PostgreSQL answers", self.connect, 30)
        self.connection.autocommit = True
        self.sql("CREATE EXTENSION timescaledb")
        version, licence = self.rows("SELECT extversion, current_setting('timescaledb.license') "
                                     "FROM pg_extension WHERE extname = 'timescaledb'")[0]
        self.name = (f"TimescaleDB {version} ({licence} licence) on PostgreSQL {self.rows('SHOW server_version')[0][0]}, "
                     "fsync and synchronous_commit on")

    def connect(self):
        try:
            return psycopg2.connect(host=str(self.folder), user="postgres", dbname="postgres")
        except psycopg2.OperationalError:
            return None

    def sql(self, text):
        with self.connection.cursor() as cursor:
            cursor.execute(text)

    def rows(self, text, values=()):
        with self.connection.cursor() as cursor:
            cursor.execute(text, values)
            return cursor.fetchall()

    def make_table(self, name):
        self.sql(f"CREATE TABLE {name}(series int4 NOT NULL, time timestamptz NOT NULL, value float8, quality int4)")
        self.sql(f"SELECT create_hypertable('{name}', by_range('time', INTERVAL '1 day'), create_default_indexes => false)")

    def copy(self, name, stream):
        with self.connection.cursor() as cursor:
            cursor.copy_expert(f"COPY {name} FROM STDIN WITH (FORMAT binary)", stream, size=1 << 20)

    def cpu_seconds(self):
        return tree_cpu_seconds(self.process.pid)

    def bytes_of_table(self, name):
        return self.rows(f"SELECT hypertable_size('{name}')")[0][0]

    def stop(self):
        self.connection.close()
        self.process.terminate()
        self.process.wait(60)
        shutil.rmtree(self.folder)


COPY_HEADER = b"PGCOPY\n\xff\r\n\0" + bytes(8)
COPY_TRAILER = b"\xff\xff"
COPY_ROW_BYTES = 2 + 4 * 4 + 4 + 8 + 8 + 4


def io_of(rows):
    """Some rows as one COPY."""
    return io.BytesIO(COPY_HEADER + rows + COPY_TRAILER)


class CopyStream:
    """Rows of peer_rows as one COPY: header, what comes out of the pipe, trailer."""

    def __init__(self, source):
        self.source, self.waiting, self.is_ended = source, COPY_HEADER, False

    def read(self, size):
        if self.waiting:
            part, self.waiting = self.waiting, b""
            return part
        part = self.source.read(size)
        if not part and not self.is_ended:
            self.is_ended = True
            return COPY_TRAILER
        return part


class VictoriaMetrics:
    name = "VictoriaMetrics (Debian's package), its default: flushed to disk within seconds, no fsync for each insert"

    def __init__(self, folder):
        self.folder, self.port, self.process = Path(folder), free_port(), None

    @staticmethod
    def program():
        return shutil.which("victoria-metrics") or shutil.which("victoriametrics")

    def start(self):
        self.folder.mkdir(parents=True)
        log = (self.folder / "log").open("ab")
        self.process = subprocess.Popen(
            [self.program(), f"-storageDataPath={self.folder / 'data'}", f"-httpListenAddr=127.0.0.1:{self.port}",
             "-retentionPeriod=100y"], stdout=log, stderr=log)
        wait_for("VictoriaMetrics answers", self.is_ready, 30)

    def is_ready(self):
        try:
            return urllib.request.urlopen(f"http://127.0.0.1:{self.port}/health", timeout=2).status == 200
        except OSError:
            return False

    def write(self, lines):
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}/write?precision=ms", data=lines, method="POST")
        assert urllib.request.urlopen(request, timeout=60).status == 204

    def flush(self):
        urllib.request.urlopen(f"http://127.0.0.1:{self.port}/internal/force_flush", timeout=60).read()
        urllib.request.urlopen(f"http://127.0.0.1:{self.port}/internal/force_merge", timeout=60).read()
        time.sleep(3)

    def cpu_seconds(self):
        return tree_cpu_seconds(self.process.pid)

    def bytes_on_disk(self):
        return bytes_of(self.folder / "data" / "data")

    def stop(self):
        self.process.terminate()
        self.process.wait(60)
        shutil.rmtree(self.folder)
