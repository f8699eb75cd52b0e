package dev.holdfast.policy;

import org.jspecify.annotations.Nullable;

/**
 * The text of an IPv6 address in the one form of RFC 5952: small letters, no leading zeros, the longest run of zeros as
 * {@code ::}, the last 32 bits of an address that stands for an IPv4 one in its notation. Written here, since
 * {@code InetAddress} would look up what is no address.
 */
final class Ipv6 {
    private static final int GROUPS = 8;

    private Ipv6() {}

    /** The address in its one form; null if the text is none. */
    static @Nullable String canonical(String text) {
        int[] groups = groups(text);
        return groups == null ? null : write(groups);
    }

    /** The four parts of an IPv4 address as two groups of 16 bits; null if the text is none. */
    static int @Nullable [] groupsOfIpv4(String text) {
        int[] groups = new int[2];
        boolean digit = !text.isEmpty() && text.charAt(0) >= '0' && text.charAt(0) <= '9';
        return digit && readIpv4(text, groups, 0) ? groups : null;
    }

    /** The eight groups of 16 bits of an address; null if the text is none. */
    static int @Nullable [] groups(String text) {
        int[] groups = new int[GROUPS];
        int gap = text.indexOf("::");
        if (gap < 0) {
            return read(text, groups) == GROUPS ? groups : null;
        }
        int before = read(text.substring(0, gap), groups);
        int[] last = new int[GROUPS];
        int after = read(text.substring(gap + 2), last);
        // The two colons stand for one group of zeros at least.
        if (before < 0 || after < 0 || before + after >= GROUPS || text.lastIndexOf('.', gap) >= 0) {
            return null;
        }
        System.arraycopy(last, 0, groups, GROUPS - after, after);
        return groups;
    }

    /** Reads groups between single colons, the last two of which may be an IPv4 address. Returns how many, or -1. */
    private static int read(String text, int[] groups) {
        if (text.isEmpty()) {
            return 0;
        }
        int count = 0;
        int from = 0;
        while (from <= text.length()) {
            int colon = text.indexOf(':', from);
            int to = colon < 0 ? text.length() : colon;
            if (colon < 0 && text.indexOf('.', from) >= 0) {
                return count + 2 <= GROUPS && readIpv4(text.substring(from), groups, count) ? count + 2 : -1;
            }
            // More zeros in front than there are digits are taken, as the JDK takes them.
            int group = number(text, from, to, 16);
            if (group < 0 || count == GROUPS) {
                return -1;
            }
            groups[count++] = group;
            if (colon < 0) {
                return count;
            }
            from = colon + 1;
        }
        return -1;
    }

    private static boolean readIpv4(String text, int[] groups, int at) {
        int from = 0;
        for (int i = 0; i < 4; i++) {
            int dot = text.indexOf('.', from);
            int to = dot < 0 ? text.length() : dot;
            int part = to - from > 3 ? -1 : number(text, from, to, 10);
            if (part < 0 || part > 255 || (dot < 0) != (i == 3)) {
                return false;
            }
            groups[at + i / 2] = (groups[at + i / 2] << 8) | part;
            from = to + 1;
        }
        return true;
    }

    /** A number of 16 bits in ASCII digits, or -1. */
    private static int number(String text, int from, int to, int radix) {
        int value = from == to ? -1 : 0;
        for (int i = from; i < to; i++) {
            char c = text.charAt(i);
            int digit = c < 0x80 ? Character.digit(c, radix) : -1;
            value = value * radix + digit;
            if (digit < 0 || value > 0xffff) {
                return -1;
            }
        }
        return value;
    }

    private static String write(int[] groups) {
        int gap = -1;
        int gapLength = 1; // a single group of zeros is written as it is
        for (int i = 0; i < GROUPS; i++) {
            int end = i;
            while (end < GROUPS && groups[end] == 0) {
                end++;
            }
            if (end - i > gapLength) {
                gap = i;
                gapLength = end - i;
            }
        }
        boolean mapped = gap == 0 && gapLength == 5 && groups[5] == 0xffff;
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < (mapped ? 6 : GROUPS); ) {
            if (i == gap) {
                text.append("::");
                i += gapLength;
                continue;
            }
            if (text.length() > 0 && text.charAt(text.length() - 1) != ':') {
                text.append(':');
            }
            text.append(Integer.toHexString(groups[i++]));
        }
        if (mapped) {
            text.append(':').append(groups[6] >> 8).append('.').append(groups[6] & 0xff);
            text.append('.').append(groups[7] >> 8).append('.').append(groups[7] & 0xff);
        }
        return text.toString();
    }
}
