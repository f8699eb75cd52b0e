package dev.holdfast.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RequestUrlTest {
    @ParameterizedTest
    @CsvSource({
        "https://api.example.com/v1/orders, https://api.example.com:443, /v1/orders, https://api.example.com/v1/orders",
        "HTTP://API.Example.COM., http://api.example.com:80, /, http://api.example.com/",
        "http://localhost:8080?q=1, http://localhost:8080, /, http://localhost:8080/",
        "http://localhost:/a, http://localhost:80, /a, http://localhost/a",
        "https://[2001:DB8::1]:8443/x, https://[2001:db8::1]:8443, /x, https://[2001:db8::1]:8443/x",
        "https://[::1], https://[::1]:443, /, https://[::1]/",
        "https://münchen.example/straße, https://xn--mnchen-3ya.example:443, /straße, "
                + "https://xn--mnchen-3ya.example/straße",
        "' https://a.example/b ', https://a.example:443, /b, https://a.example/b",
    })
    void readsWhatPoliciesLookAt(String url, String origin, String path, String shown) {
        RequestUrl read = RequestUrl.parse(url);

        assertThat(read.origin()).hasToString(origin);
        assertThat(read.path()).isEqualTo(path);
        assertThat(read).hasToString(shown);
    }

    @Test
    void forgetsUserInformationQueryAndFragment() {
        RequestUrl read = RequestUrl.parse("https://user:se@cret@a.example/p;x=1?token=secret#secret");

        assertThat(read).hasToString("https://a.example/p;x=1");
        assertThat(read.toString() + read.origin() + read.path()).doesNotContain("cret", "token", "user");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "api.example.com",
                "secret@a.example",
                "ftp://secret@a.example",
                "://a",
                "http://",
                "http:///secret",
                "https://user:secret@",
                "http://a.example:port/secret",
                "http://a.example:0",
                "http://a.example:65536",
                "http://a.example:1234567890123",
                "http://secret host/",
                "http://[::1",
                "secret://x"
            })
    void saysWhatIsWrongWithoutTheUrl(String url) {
        assertThatThrownBy(() -> RequestUrl.parse(url))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageNotContaining("secret@")
                .hasMessageNotContaining("/secret")
                .hasMessageMatching("the URL.*|calls to (ftp|secret):// .*");
    }
}
