"""Sealed content: only with both keys, only as it was, and the same bytes when it is sealed again."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from komek.platform.home import KEYS, NothingShared
from komek.platform.sealed import MasterKeyMissing, MasterKeys, NotOurs, master_keys

OURS = MasterKeys("a", {"a": b"a" * 32, "b": b"b" * 32})
KEY_ID, WRAPPED = OURS.fresh()


@given(st.binary(max_size=2_000))
def test_what_was_sealed_is_opened_again(content):
    sealed = OURS.seal(content, key_id=KEY_ID, wrapped=WRAPPED)

    assert OURS.open(sealed, key_id=KEY_ID, wrapped=WRAPPED) == content
    assert sealed == OURS.seal(content, key_id=KEY_ID, wrapped=WRAPPED)


@given(st.binary(min_size=1, max_size=200), st.data())
def test_no_bit_can_be_changed(content, data):
    sealed = bytearray(OURS.seal(content, key_id=KEY_ID, wrapped=WRAPPED))
    sealed[data.draw(st.integers(0, len(sealed) - 1))] ^= 1 << data.draw(st.integers(0, 7))

    with pytest.raises(NotOurs):
        OURS.open(bytes(sealed), key_id=KEY_ID, wrapped=WRAPPED)


def test_nothing_is_opened_with_another_key():
    sealed = OURS.seal(b"109", key_id=KEY_ID, wrapped=WRAPPED)

    with pytest.raises(NotOurs):
        OURS.open(sealed, key_id=KEY_ID, wrapped=OURS.fresh()[1])
    with pytest.raises(NotOurs):
        OURS.open(sealed, key_id="b", wrapped=WRAPPED)
    with pytest.raises(MasterKeyMissing):
        OURS.open(sealed, key_id="c", wrapped=WRAPPED)


def test_of_two_first_starts_at_once_one_makes_the_key(tmp_path):
    with ThreadPoolExecutor(2) as starts:
        one, other = starts.map(master_keys, [tmp_path, tmp_path])

    assert one == other
    assert (tmp_path / KEYS).stat().st_mode & 0o777 == 0o600


def test_a_node_makes_no_key_of_its_own(tmp_path, monkeypatch):
    monkeypatch.setenv("KOMEK_SHARED", str(tmp_path / "shared"))

    with pytest.raises(NothingShared):
        master_keys(tmp_path)
