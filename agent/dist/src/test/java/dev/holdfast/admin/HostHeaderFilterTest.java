package dev.holdfast.admin;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HostHeaderFilterTest {
    private final HostHeaderFilter hostHeaderFilter = new HostHeaderFilter(Set.of("127.0.0.1", "shop.internal"));

    @ParameterizedTest
    @ValueSource(
            strings = {
                "127.0.0.1:9464",
                "127.0.0.1",
                "localhost",
                "LOCALHOST:80",
                "localhost:8080",
                "[::1]:9464",
                "[::1]",
                "[fe80::1:2]:9464",
                "10.1.2.3:9464",
                "shop.internal:9464",
                "Shop.Internal"
            })
    void lets_in_who_calls_an_address_or_a_name_that_it_knows(String host) {
        assertThat(refusal("GET", "host", host)).isZero();
        assertThat(refusal("HEAD", "host", host)).isZero();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "evil.example",
                "evil.example:9464",
                "127.0.0.1.evil.example:9464",
                "localhost.evil.example",
                "evil.localhost",
                "1.2.3",
                "1.2.3.4.5",
                "1.2.3.256",
                "127.0.0.1:99999999999",
                "127.0.0.1:",
                "127.0.0.1:x",
                "[evil.example]",
                "[]",
                "[::1",
                "user@127.0.0.1:9464",
                "127.0.0.1, evil.example"
            })
    void lets_nobody_in_whose_name_could_be_led_here(String host) {
        assertThat(refusal("GET", "host", host)).isEqualTo(421);
    }

    @ParameterizedTest
    @ValueSource(strings = {"POST", "PUT", "DELETE", "OPTIONS", "PATCH", "get", "CONNECT"})
    void changes_nothing_for_anybody(String method) {
        assertThat(refusal(method, "host", "localhost")).isEqualTo(405);
    }

    @ParameterizedTest
    @CsvSource({
        "sec-fetch-site, cross-site",
        "sec-fetch-site, same-site",
        "sec-fetch-site, anything",
        "origin, http://evil.example",
        "origin, http://localhost:3000",
        "origin, https://localhost:9464",
        "origin, null",
        "referer, http://evil.example/page",
        "referer, http://localhost:3000/",
        "referer, not a URL",
        "referer, /path",
    })
    void gives_nothing_to_the_pages_of_others(String header, String value) {
        assertThat(refusal("GET", "host", "localhost:9464", header, value)).isEqualTo(403);
    }

    @ParameterizedTest
    @CsvSource({
        "sec-fetch-site, same-origin",
        "sec-fetch-site, none",
        "origin, http://localhost:9464",
        "referer, http://localhost:9464/",
    })
    void serves_its_own_page(String header, String value) {
        assertThat(refusal("GET", "host", "localhost:9464", header, value)).isZero();
    }

    @Test
    void an_unknown_name_is_refused_before_anything_else_is_looked_at() {
        assertThat(refusal("POST", "host", "evil.example", "origin", "http://evil.example"))
                .isEqualTo(421);
    }

    private int refusal(String method, String... headers) {
        Map<String, String> map = new HashMap<>();
        for (int i = 0; i < headers.length; i += 2) {
            map.put(headers[i], headers[i + 1]);
        }
        return hostHeaderFilter.refusal(new Request(method, "/", "", map, true));
    }
}
