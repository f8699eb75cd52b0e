package dev.holdfast.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;

/** However a URL spells a host, it is the same host; and what the JDK takes for an address, we do, and nothing else. */
class HostNameProperties {
    @Property
    void everySpellingOfAnAddressIsTheSame(@ForAll("addresses") byte[] bytes, @ForAll Random random)
            throws UnknownHostException {
        String spelled = spelled(bytes, random);
        String canonical = HostName.canonical("[" + spelled + "]");

        assertThat(canonical).as(spelled).isEqualTo(HostName.canonical(full(bytes)));
        assertThat(HostName.canonical(canonical)).isEqualTo(canonical);
        assertThat(HostPattern.parse("[" + spelled + "]:1").host()).isEqualTo(canonical);
        assertThat(InetAddress.getByName(canonical)).isEqualTo(InetAddress.getByAddress(bytes));
        assertThat(URI.create("http://[" + spelled + "]/").getHost()).isEqualTo("[" + spelled + "]");
    }

    @Property
    void whatIsNoAddressForTheJdkIsNoneForUs(@ForAll("nearAddresses") String text) {
        boolean address;
        try {
            address = InetAddress.getByName("[" + text + "]") != null;
        } catch (UnknownHostException e) {
            address = false;
        }
        assertThat(Ipv6.canonical(text) != null).as(text).isEqualTo(address);
    }

    @Property
    void caseAndATrailingDotMakeNoDifference(@ForAll("names") String name) {
        String canonical = HostName.canonical(name);

        assertThat(HostName.canonical(name.toUpperCase(Locale.ROOT))).isEqualTo(canonical);
        assertThat(HostName.canonical(name + ".")).isEqualTo(canonical);
        assertThat(HostName.canonical(canonical)).isSameAs(canonical);
        assertThat(HostPattern.parse(name)).isEqualTo(HostPattern.parse(canonical));
        assertThat(HostPattern.parse("*." + name).host()).isEqualTo(canonical);
    }

    @Property
    void anyTextIsAPatternOrIsRefusedAsNone(@ForAll String text) {
        assertThat(HostName.canonical(text)).isNotNull();
        try {
            HostPattern pattern = HostPattern.parse(text);
            assertThat(HostPattern.parse(pattern.toString())).isEqualTo(pattern);
        } catch (IllegalArgumentException e) {
            assertThat(e).hasMessageContaining("is not a valid host pattern");
        }
    }

    @Provide
    Arbitrary<byte[]> addresses() {
        // Many zeros: they are what can be written in many ways.
        Arbitrary<Byte> bytes =
                Arbitraries.frequencyOf(Tuple.of(3, Arbitraries.just((byte) 0)), Tuple.of(1, Arbitraries.bytes()));
        Arbitrary<byte[]> any = bytes.array(byte[].class).ofSize(16);
        return any.filter(address -> !isMapped(address));
    }

    /** The JDK takes these for IPv4 addresses. */
    private static boolean isMapped(byte[] address) {
        for (int i = 0; i < 10; i++) {
            if (address[i] != 0) {
                return false;
            }
        }
        return address[10] == -1 && address[11] == -1;
    }

    @Provide
    Arbitrary<String> nearAddresses() {
        Arbitrary<String> part = Arbitraries.of(":", "::", "0", "1", "ffff", "00a1", "1.2.3.4", "256", "12345", "g");
        return part.list()
                .ofMinSize(1)
                .ofMaxSize(17)
                .map(parts -> String.join("", parts))
                .filter(text -> text.indexOf(':') >= 0);
    }

    @Provide
    Arbitrary<String> names() {
        Arbitrary<String> label = Arbitraries.strings()
                .withCharRange('a', 'z')
                .withChars("üé中0123456789")
                .ofMinLength(1)
                .ofMaxLength(20)
                .map(text -> text + "x");
        return label.list().ofMinSize(1).ofMaxSize(4).map(labels -> String.join(".", labels));
    }

    private static String full(byte[] bytes) throws UnknownHostException {
        return Inet6Address.getByAddress(bytes).getHostAddress();
    }

    /** One of the ways to write an address. */
    private static String spelled(byte[] bytes, Random random) {
        List<String> groups = new ArrayList<>();
        for (int i = 0; i < 16; i += 2) {
            int value = (bytes[i] & 0xff) << 8 | bytes[i + 1] & 0xff;
            String text = random.nextBoolean() ? Integer.toHexString(value) : String.format(Locale.ROOT, "%04X", value);
            groups.add(text);
        }
        String tail = "";
        if (random.nextInt(4) == 0) {
            groups = groups.subList(0, 6);
            tail = (bytes[12] & 0xff) + "." + (bytes[13] & 0xff) + "." + (bytes[14] & 0xff) + "." + (bytes[15] & 0xff);
        }
        int from = random.nextInt(groups.size());
        int to = from;
        while (to < groups.size() && Integer.parseInt(groups.get(to), 16) == 0) {
            to++;
        }
        if (to > from && random.nextInt(4) > 0) {
            String before = String.join(":", groups.subList(0, from));
            List<String> after = new ArrayList<>(groups.subList(to, groups.size()));
            if (!tail.isEmpty()) {
                after.add(tail);
            }
            return before + "::" + String.join(":", after);
        }
        String whole = String.join(":", groups);
        return tail.isEmpty() ? whole : whole + ":" + tail;
    }
}
