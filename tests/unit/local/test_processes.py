"""Ports that are given once, and starts that are not taken for granted because somebody answers."""

import http.server
import threading

import pytest

from local.processes import ProcessFailed, free_port, neighbouring_ports, spawn, wait_for


def test_a_port_is_given_once_though_nobody_listens_on_it_yet():
    ports = [free_port() for _ in range(200)]
    assert len(set(ports)) == len(ports)


def test_a_port_that_was_given_is_there_to_listen_on():
    server = http.server.HTTPServer(("127.0.0.1", free_port()), http.server.BaseHTTPRequestHandler)
    server.server_close()


def test_neighbours_are_all_kept():
    first = neighbouring_ports(3)
    assert not {first, first + 1, first + 2} & {free_port() for _ in range(200)}


def test_a_stranger_who_has_the_port_is_not_taken_for_the_process():
    stranger = http.server.HTTPServer(("127.0.0.1", 0), http.server.SimpleHTTPRequestHandler)
    threading.Thread(target=stranger.serve_forever, daemon=True).start()
    port = stranger.server_address[1]
    try:
        process = spawn(f"test-{port}", "local.venues", ["--port", str(port)])
        with pytest.raises(ProcessFailed, match="Address already in use"):
            wait_for(f"test-{port}", process, f"http://127.0.0.1:{port}/")
    finally:
        stranger.shutdown()
        stranger.server_close()
