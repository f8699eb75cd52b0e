package dev.holdfast.policy;

import java.net.IDN;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The one form in which host names are compared: a URL and a pattern may spell the same host in many ways. Case, a
 * trailing dot, and the brackets of an address do not count; an international name is its ASCII form (RFC 3490, which
 * is what the JDK has); an IPv6 address is its text by RFC 5952, with its zone behind it if it names one.
 */
final class HostName {
    /** The longest label of a domain name (RFC 1035, section 2.3.4). */
    private static final int LONGEST_LABEL = 63;

    private HostName() {}

    /** The form in which a host is compared; the argument itself where it is in that form already. */
    static String canonical(String host) {
        int end = host.length();
        boolean brackets = end > 2 && host.charAt(0) == '[' && host.charAt(end - 1) == ']';
        String name = brackets ? host.substring(1, end - 1) : host;
        if (name.indexOf(':') >= 0) {
            String address = address(name, brackets);
            return address != null ? address : name.toLowerCase(Locale.ROOT);
        }
        return withoutTrailingDot(isAscii(name) ? name : ascii(name)).toLowerCase(Locale.ROOT);
    }

    /**
     * An IPv6 address as text, the zone behind a {@code %}; null if it is none.
     *
     * @param escaped whether the percent sign may be escaped, as it is in a URL (RFC 6874); the JDK takes it either way
     */
    private static @Nullable String address(String text, boolean escaped) {
        int percent = text.indexOf('%');
        if (percent < 0) {
            return Ipv6.canonical(text);
        }
        String address = Ipv6.canonical(text.substring(0, percent));
        String zone = text.substring(percent + 1);
        // Its case is kept: names of interfaces have one.
        if (escaped && zone.length() > 2 && zone.startsWith("25")) {
            zone = zone.substring(2);
        }
        return address == null || !isZone(zone) ? null : address + '%' + zone;
    }

    /** Returns whether a text is the ZoneID of RFC 6874, in what needs no escape. */
    private static boolean isZone(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (!isLetterOrDigit(c) && !(c >= 'A' && c <= 'Z') && "-._~".indexOf(c) < 0) {
                return false;
            }
        }
        return !text.isEmpty();
    }

    /** The address without the zone, where there is one; else null. */
    static @Nullable String withoutZone(String canonical) {
        int percent = canonical.indexOf('%');
        return percent > 0 && canonical.lastIndexOf(':', percent) >= 0 ? canonical.substring(0, percent) : null;
    }

    /** Returns the reason why no URL can name a host with this canonical form; null if one can. */
    static @Nullable String impossible(String canonical) {
        if (canonical.indexOf(':') >= 0) {
            return address(canonical, false) != null ? null : "the text in brackets is not an IPv6 address";
        }
        int label = 0;
        for (int i = 0; i < canonical.length(); i++) {
            char c = canonical.charAt(i);
            if (c == '.' && label == 0) {
                return "the host name is empty or malformed";
            }
            label = c == '.' ? 0 : label + 1;
            if (label > LONGEST_LABEL) {
                return "no part of a host name is longer than " + LONGEST_LABEL + " characters";
            }
            if (c != '.' && !isLetterOrDigit(c) && c != '-' && c != '_') {
                return c <= ' ' ? "a host name has no blanks" : "'" + c + "' is not allowed in a host name";
            }
        }
        return label == 0 ? "the host name is empty or malformed" : null;
    }

    private static boolean isLetterOrDigit(char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    }

    private static String withoutTrailingDot(String name) {
        int last = name.length() - 1;
        return last > 0 && name.charAt(last) == '.' ? name.substring(0, last) : name;
    }

    private static boolean isAscii(String name) {
        for (int i = 0; i < name.length(); i++) {
            if (name.charAt(i) >= 0x80) {
                return false;
            }
        }
        return true;
    }

    private static String ascii(String name) {
        try {
            String ascii = IDN.toASCII(name, IDN.ALLOW_UNASSIGNED);
            // Its normal form makes a colon of some characters, and an address of a name that is none.
            return ascii.indexOf(':') < 0 ? ascii : name;
        } catch (IllegalArgumentException e) {
            // No name that could be resolved either: compare it as it is.
            return name;
        }
    }
}
