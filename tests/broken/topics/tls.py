"""TLS and vendors: whom we believe, who we are, where no credential goes."""

from tests.broken.breakage import b

TLS = "tests/adapters/test_channels_tls.py::"
OAUTH = "tests/adapters/test_channels_oauth.py::"
DOCTOR = "tests/cli/test_certificates.py::"
CLEAR = "tests/cli/test_doctor_in_clear.py::"

BROKEN = (
    b(
        "certificates are checked",
        "adapters/channels/tls.py",
        "    context.minimum_version = ssl.TLSVersion.TLSv1_2\n",
        """    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
""",
        TLS + "test_a_bad_certificate_is_not_believed",
        TLS + "test_without_it_a_private_authority_is_not_believed",
    ),
    b(
        "the name in a certificate is checked",
        "adapters/channels/tls.py",
        "    context.minimum_version = ssl.TLSVersion.TLSv1_2\n",
        """    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.check_hostname = False
""",
        TLS + "test_a_bad_certificate_is_not_believed",
    ),
    b(
        "TLS 1.2 at least",
        "adapters/channels/tls.py",
        "    context.minimum_version = ssl.TLSVersion.TLSv1_2\n",
        """    context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
    context.set_ciphers("DEFAULT:@SECLEVEL=0")
""",
        TLS + "test_less_than_tls_1_2_is_not_spoken",
    ),
    b(
        "a kommun's own authority is believed",
        "adapters/channels/tls.py",
        "context.load_verify_locations(ca) if ca else context.load_default_certs()",
        "context.load_default_certs()",
        TLS + "test_the_kommun_s_own_authority_is_believed",
        error="Transient",
    ),
    b(
        "where one is named, no other is believed",
        "adapters/channels/tls.py",
        "        context.load_verify_locations(ca) if ca else context.load_default_certs()\n",
        """        context.load_default_certs()
        if ca:
            context.load_verify_locations(ca)
""",
        TLS + "test_where_it_is_named_the_machine_s_own_trust_does_not_count",
    ),
    b(
        "each kommun has its own",
        "adapters/channels/tls.py",
        "        return _context(*(base / path if path else None for path in named))",
        "        made = _context(*(base / path if path else None for path in named))\n"
        '        return context_of.__dict__.setdefault("made", made)',
        TLS + "test_each_kommun_believes_its_own_authority_and_not_the_other_s",
        error="Transient",
    ),
    b(
        "who we are is shown where it is asked for",
        "adapters/channels/tls.py",
        '            context.load_cert_chain(cert, key, password="")  # or it asks a terminal\n',
        "            pass\n",
        TLS + "test_who_we_are_is_shown_where_it_is_asked_for",
        error="Transient",
    ),
    b(
        "a server that does not know us was sent nothing",
        "adapters/channels/http.py",
        "            down = turned_us_down(error)\n",
        "            down = False\n",
        TLS + "test_a_server_that_does_not_know_us_was_never_sent_anything",
    ),
    b(
        "no redirect is followed",
        "adapters/channels/http.py",
        "            trust_env=False,\n        )\n\n    def read(",
        "            trust_env=False,\n            follow_redirects=True,\n        )\n\n    def read(",
        TLS + "test_no_redirect_is_followed",
        OAUTH + "test_a_redirect_is_not_followed_with_the_secret",
        OAUTH + "test_nor_one_of_the_vendor_s_with_the_token",
    ),
    b(
        "a token is kept while it is good",
        "adapters/channels/oauth.py",
        "if self._kept is None or self._kept.until <= monotonic():",
        "if True:",
        OAUTH + "test_one_token_serves_reads_and_writes_until_shortly_before_its_end",
    ),
    b(
        "a token is renewed before its end",
        "adapters/channels/oauth.py",
        "if self._kept is None or self._kept.until <= monotonic():",
        "if self._kept is None:",
        OAUTH + "test_one_token_serves_reads_and_writes_until_shortly_before_its_end",
    ),
    b(
        "a token that was called back is exchanged, once",
        "adapters/channels/http.py",
        "        if answer.status == HTTPStatus.UNAUTHORIZED:\n",
        "        if False:\n",
        OAUTH + "test_a_token_that_was_called_back_is_exchanged_once",
    ),
    b(
        "without a token nothing is sent",
        "adapters/channels/oauth.py",
        "    if not good:\n        raise",
        "    if False:\n        raise",
        OAUTH + "test_without_a_token_nothing_is_sent_and_it_may_be_tried_again",
    ),
    b(
        "the token endpoint is under the kommun's authority too",
        "adapters/__init__.py",
        "endpoint = to(partner.oauth.token_url, max_bytes=oauth.MAX_ANSWER_BYTES)",
        "endpoint = to(partner.oauth.token_url, max_bytes=oauth.MAX_ANSWER_BYTES, tls=None)",
        OAUTH + "test_a_token_is_fetched_as_the_standard_says",
        error="Transient",
    ),
    b(
        "what the token endpoint answers is not told",
        "adapters/channels/oauth.py",
        '            code = "token_unavailable" if sick else "token_refused"\n',
        '            code = "token_unavailable" if sick else answer.body.decode()\n',
        OAUTH + "test_neither_secret_nor_token_is_told_anywhere",
    ),
    b(
        "doctor tells when a server's certificate ends",
        "cli/vendors.py",
        "    if answer.certificate_until:\n",
        "    if False:\n",
        DOCTOR + "test_a_server_s_certificate_is_told_with_its_end",
        error="KeyError",
    ),
    b(
        "doctor tells when our own certificates end",
        "cli/vendors.py",
        '            yield expiry(f"{name}: {setting}", min(ends), warn)\n',
        "            pass\n",
        DOCTOR + "test_our_own_certificate_is_shown_and_its_end_told",
        error="KeyError",
    ),
    b(
        "doctor warns before the end",
        "cli/vendors.py",
        "    if left <= warn:\n",
        "    if False:\n",
        DOCTOR + "test_how_long_before_is_a_setting",
    ),
    b(
        "doctor tells what leaves the machine unencrypted",
        "cli/vendors.py",
        "        yield from _in_clear(address)\n",
        "",
        CLEAR + "test_each_address_in_clear_is_a_warning",
    ),
    b(
        "every other machine counts",
        "cli/vendors.py",
        "return ip_address(host).is_loopback",
        "return ip_address(host).is_private",
        CLEAR + "test_only_this_machine_itself_may_be_called_in_clear",
    ),
)
