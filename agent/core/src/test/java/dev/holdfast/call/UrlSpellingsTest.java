package dev.holdfast.call;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.policy.HostPattern;
import dev.holdfast.policy.Policies;
import dev.holdfast.policy.PolicyTable;
import java.net.MalformedURLException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A pattern matches the URLs that a person would expect, as either client takes them apart. */
class UrlSpellingsTest {
    @ParameterizedTest
    @CsvSource({
        "api.example.com, https://api.example.com/v1, true",
        "api.example.com, HTTPS://API.Example.COM/v1, true",
        "API.Example.com., https://api.example.com, true",
        "api.example.com, https://api.example.com.:8443/, true",
        "api.example.com, https://user:pw@api.example.com/, true",
        "api.example.com, https://api.example.org@evil.example/, false",
        "api.example.com:443, https://api.example.com/, true",
        "api.example.com:443, https://api.example.com:443/, true",
        "api.example.com:443, http://api.example.com/, false",
        "api.example.com:80, http://api.example.com/, true",
        "api.example.com:80, https://u@api.example.com:80/, true",
        "*.example.com, https://a.b.EXAMPLE.com./, true",
        "*.example.com, https://example.com/, false",
        "*:8443, https://[::1]:8443/, true",
        "bücher.example, https://xn--bcher-kva.example/, true",
        "XN--BCHER-KVA.example, https://xn--bcher-kva.example/, true",
        "*.bücher.example, https://www.XN--bcher-kva.example/, true",
        "[::1], http://[::1]/, true",
        "[::1], http://[0:0:0:0:0:0:0:1]:8080/, true",
        "[2001:db8::A]:443, https://[2001:DB8:0:0::000a]/, true",
        "[fe80::1], http://[fe80::1%25eth0]/, true",
        "[fe80::1%eth0], http://[FE80::1%25eth0]/, true",
        "[fe80::1%eth0], http://[fe80::1%25eth1]/, false",
        "127.0.0.1, http://127.0.0.1:80/, true",
    })
    void areOfThePatternThatNamesThem(String pattern, String url, boolean expected)
            throws MalformedURLException, URISyntaxException {
        Engine engine = engine(pattern);
        URI uri = new URI(url);
        assertThat(engine.target(uri.getScheme(), uri.getHost(), uri.getPort()) != null)
                .as("as HttpClient has it")
                .isEqualTo(expected);
        assertIsOf(engine, uri.toURL(), expected);
    }

    @ParameterizedTest
    @CsvSource({
        "bücher.example, https://bücher.example/, true",
        "bücher.example, https://BÜCHER.example.:443/, true",
        "xn--bcher-kva.example, https://bücher.example/, true",
        "*.example, https://bücher.example/, true",
        "b_c.example, http://b_c.example/, true",
        "api.example.com, http://u:p@API.example.com:80/, true",
    })
    void areOfItWhereOnlyAUrlCanSpellThemSo(String pattern, String url, boolean expected) throws MalformedURLException {
        assertIsOf(engine(pattern), url(url), expected);
    }

    @SuppressWarnings("deprecation") // what programs do that are older than its deprecation
    private static URL url(String text) throws MalformedURLException {
        return new URL(text);
    }

    private static void assertIsOf(Engine engine, URL url, boolean expected) {
        assertThat(engine.target(url.getProtocol(), url.getHost(), url.getPort()) != null)
                .as("as HttpURLConnection has it")
                .isEqualTo(expected);
    }

    private static Engine engine(String pattern) {
        return new Engine(
                new PolicyTable<>(
                        Map.of(HostPattern.parse(pattern), Policies.retry().policy())),
                new PolicyTargets(Observer.NONE),
                new Timer());
    }
}
