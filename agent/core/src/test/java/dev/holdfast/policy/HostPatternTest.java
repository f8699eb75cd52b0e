package dev.holdfast.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HostPatternTest {
    private final PolicyTable<String> table = table(
            "*",
            "*:8080",
            "example.com",
            "example.com:8443",
            "*.example.com",
            "*.eu.example.com",
            "*.eu.example.com:9000",
            "[::1]",
            "[::1]:7000",
            "bücher.example",
            "[FE80:0:0:0:0:0:0:1]",
            "[fe80::2%eth0]",
            "[2001:DB8:0:0:1::1]",
            "[::ffff:192.0.2.1]:81");

    @ParameterizedTest
    @CsvSource({
        "other.org, 80, *",
        "other.org, 8080, *:8080",
        "example.com, 443, example.com",
        "example.com, 8443, example.com:8443",
        "example.com, 8080, example.com",
        "EXAMPLE.com., 443, example.com",
        "api.example.com, 443, *.example.com",
        "a.b.example.com, 443, *.example.com",
        "api.eu.example.com, 443, *.eu.example.com",
        "eu.example.com, 443, *.example.com",
        "api.eu.example.com, 9000, *.eu.example.com:9000",
        "notexample.com, 443, *",
        "[::1], 443, [::1]",
        "::1, 7000, [::1]:7000",
        "xn--bcher-kva.example, 80, bücher.example",
        "BÜCHER.example, 80, bücher.example",
        "XN--BCHER-KVA.EXAMPLE., 80, bücher.example",
        "bu\u0308cher.example, 80, bücher.example",
        "bücher。example。, 80, bücher.example",
        "[0:0:0:0:0:0:0:1], 443, [::1]",
        "[::0001], 7000, [::1]:7000",
        "[::0.0.0.1], 80, [::1]",
        "[0000:0000::1], 80, [::1]",
        "[::2], 80, *",
        "[fe80::1%25eth0], 80, [FE80:0:0:0:0:0:0:1]",
        "[Fe80::1%3], 80, [FE80:0:0:0:0:0:0:1]",
        "[fe80::2], 80, *",
        "[fe80::2%eth1], 80, *",
        "[FE80::0:2%25eth0], 80, [fe80::2%eth0]",
        "[2001:db8::1:0:0:1], 80, [2001:DB8:0:0:1::1]",
        "[::ffff:c000:201], 81, [::ffff:192.0.2.1]:81",
        "192.0.2.1, 81, *",
    })
    void findsTheMostSpecificPattern(String host, int port, String expected) {
        assertThat(table.find(HostPattern.canonicalHost(host), port)).isEqualTo(expected);
    }

    @Test
    void findsNothingWhereNothingMatches() {
        assertThat(table("example.com").find("example.org", 80)).isNull();
        assertThat(table("*.example.com").find("example.com", 80)).isNull();
        assertThat(table("example.com:81").find("example.com", 80)).isNull();
        assertThat(table().find("example.com", 80)).isNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "*.",
                "**",
                "a..b",
                ".a",
                "a b",
                "http://a",
                "a/b",
                "u@a",
                "a:",
                "a:0",
                "a:65536",
                "a:99999999999",
                "a:b",
                "::1",
                "*.[::1]",
                "*.0.0.1",
                "1:2:3",
                "[::1",
                "[::1::2]",
                "[:::]",
                "[1:2:3:4:5:6:7]",
                "[1:2:3:4:5:6:7:8:9]",
                "[1:2:3:4:5:6:7:8::]",
                "[::12345]",
                "[::g]",
                "[1.2.3.4::]",
                "[::1.2.3]",
                "[::1.2.3.256]",
                "[::1.2.3.4.5]",
                "[fe80::1%]",
                "[fe80::1%a%b]",
                "c\uff1a\uff1a2",
                "[fe80::1%\u00e9]",
                "[example.com]",
                "example.com;8443",
                "example,com",
                "ex ample.com",
                "example.com?x",
                "a%2e.example",
                "this-label-is-longer-than-the-63-characters-that-a-label-may-have.example"
            })
    void refusesWhatIsNoPatternAndSaysWhatIsAllowed(String text) {
        assertThatThrownBy(() -> HostPattern.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("host pattern")
                .hasMessageContaining("*.example.com");
    }

    @ParameterizedTest
    @ValueSource(strings = {"*", "*:80", "a", "a:80", "*.a.b", "*.a.b:1", "[::1]", "[::1]:65535", "127.0.0.1"})
    void saysItselfAsItWasWritten(String text) {
        assertThat(HostPattern.parse(text)).hasToString(text);
    }

    private static PolicyTable<String> table(String... patterns) {
        Map<HostPattern, String> values = new LinkedHashMap<>();
        for (String pattern : patterns) {
            values.put(HostPattern.parse(pattern), pattern);
        }
        return new PolicyTable<>(values);
    }

    @Test
    void patternsAreEqualByWhatTheyMatch() {
        HostPattern one = HostPattern.parse("*.Example.com:8443");
        assertThat(one)
                .isEqualTo(HostPattern.parse("*.example.com.:8443"))
                .hasSameHashCodeAs(HostPattern.parse("*.example.com:8443"));
        for (String other :
                new String[] {"*.example.com:8444", "*.example.com", "example.com:8443", "*.example.org:8443", "*"}) {
            assertThat(one).as(other).isNotEqualTo(HostPattern.parse(other));
        }
        assertThat(one).isNotEqualTo("*.example.com:8443");
        assertThat(HostPattern.parse("*").hashCode())
                .isNotEqualTo(HostPattern.parse("a").hashCode());
        assertThat(HostPattern.parse("a:1").hashCode())
                .isNotEqualTo(HostPattern.parse("a:2").hashCode());
    }

    @ParameterizedTest
    @CsvSource({
        "[], []",
        "[a], a",
        "[::1], ::1",
        "[::1, [::1",
        "., .",
        "a., a",
        "a.., a.",
        "ABC, abc",
        "b\u00fccher, xn--bcher-kva",
        "B\u00dcCHER., xn--bcher-kva",
    })
    void hostsAreComparedInOneForm(String host, String expected) {
        assertThat(HostPattern.canonicalHost(host)).isEqualTo(expected);
    }

    @Test
    void aNameThatCannotBeConvertedIsComparedAsItIs() {
        String name = "\u00fc".repeat(300);
        assertThat(HostPattern.canonicalHost(name)).isEqualTo(name);
        assertThat(HostPattern.canonicalHost("[a:b:]")).isEqualTo("a:b:");
    }

    @ParameterizedTest
    @CsvSource({
        "[::], ::",
        "[0::], ::",
        "[1::], 1::",
        "[1:0:0:0:0:0:0:8], 1::8",
        "[1:0:0:4:0:0:0:8], 1:0:0:4::8",
        "[1:0:0:4:5:0:0:8], 1::4:5:0:0:8",
        "[1:0:3:4:5:6:7:8], 1:0:3:4:5:6:7:8",
        "[1::3:4:5:6:7:8], 1:0:3:4:5:6:7:8",
        "[::FFFF:0:0], ::ffff:0.0.0.0",
        "[64:ff9b::192.0.2.33], 64:ff9b::c000:221",
        "[fe80::%25Eth0], fe80::%Eth0",
        "[fe80::%25], fe80::%25",
    })
    void anAddressHasOneForm(String host, String expected) {
        assertThat(HostPattern.canonicalHost(host)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"/a", "a/", "@a", "a@b", "a:0", "a:65536", "a:99999999999", "a:/1", "a::", ":1:", "a b", "*."})
    void whatIsNoPatternIsRefusedAtItsEdgesToo(String text) {
        assertThatThrownBy(() -> HostPattern.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @CsvSource({"a:1, a:1", "a:65535, a:65535", "[::1]:65535, [::1]:65535", "*:9, *:9"})
    void thePortMayBeAnyThatThereIs(String text, String expected) {
        assertThat(HostPattern.parse(text)).hasToString(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "api-*.example.com, api-1.example.com, true",
        "api-*.example.com, api-.example.com, true",
        "api-*.example.com, api-1.eu.example.com, false",
        "api.*.example.com, api.eu.example.com, true",
        "api.*.example.com, api.eu.west.example.com, false",
        "*.shop-*.svc, orders.shop-eu.svc, true",
        "*.shop-*.svc, v1.orders.shop-eu.svc, true",
        "*.shop-*.svc, shop-eu.svc, false",
        "SHOP*, shop7, true",
        "shop*, shop7.svc, false",
        "<single-label>, inventory, true",
        "<single-label>, localhost, true",
        "<single-label>, inventory.shop, false",
        "<single-label>, 2130706433, false",
        "<single-label>, ::1, false",
        "10.0.0.0/8, 10.255.0.1, true",
        "10.0.0.0/8, 11.0.0.1, false",
        "10.0.0.0/8, ::ffff:10.1.2.3, true",
        "10.0.0.0/8, ::ffff:11.1.2.3, false",
        "[::ffff:10.0.0.0]/104, 10.1.2.3, true",
        "[::]/0, ::ffff:10.1.2.3, true",
        "10.0.0.0/8, 10.example.com, false",
        "10.1.2.0/23, 10.1.3.255, true",
        "10.1.2.0/23, 10.1.4.0, false",
        "0.0.0.0/0, 1.2.3.4, true",
        "0.0.0.0/0, ::1, false",
        "[fd00::]/8, fdff::1, true",
        "[fd00::]/8, fd00::1%eth0, true",
        "[fd00::]/8, fe00::1, false",
        "*.*, 10.0.0.1, false",
        "*.*, a.b, true",
        "*.*, a, false"
    })
    void starsSingleLabelsAndNetworks(String text, String host, boolean matches) {
        HostPattern pattern = HostPattern.parse(text);

        assertThat(pattern.matchesHost(host)).isEqualTo(matches);
        assertThat(new PolicyTable<>(Map.of(pattern, text)).find(host, 80) != null)
                .isEqualTo(matches);
        assertThat(HostPattern.parse(pattern.toString())).isEqualTo(pattern);
        assertThat(HostPattern.parse(text + ":*")).isEqualTo(pattern);
        assertThat(new PolicyTable<>(Map.of(HostPattern.parse(text + ":8080"), text)).find(host, 80))
                .isNull();
        assertThat(new PolicyTable<>(Map.of(HostPattern.parse(text + ":8080"), text)).find(host, 8080) != null)
                .isEqualTo(matches);
    }

    @ParameterizedTest
    @CsvSource({
        "api-**.example.com, one * at most",
        "a*b*c.example.com, one * at most",
        "10.0.0.*, write addresses as a network",
        "*.0.0.1, an address has no subdomains",
        "10.*.0.1, write addresses as a network",
        "10.0.0.0/33, from 0 to 32",
        "10.0.0.0/08, begins with a 0",
        "10.0.0.1/8, bits behind the first 8",
        "[fd00::1]/8, bits behind the first 8",
        "fd00::/8, an IPv6 address stands in brackets",
        "[fd00::]/129, from 0 to 128",
        "10.0.0/8, not an address",
        "example.com/8, remove the scheme",
        "10.0.0.0/8/8, remove the scheme",
        "api-*.exa mple.com, no blanks",
        "<local>, not allowed in a host name"
    })
    void whatIsNone(String text, String reason) {
        assertThatThrownBy(() -> HostPattern.parse(text)).hasMessageContaining(reason);
    }
}
