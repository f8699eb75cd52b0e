package dev.holdfast.fallback;

import dev.holdfast.policy.CredentialNames;
import dev.holdfast.policy.CredentialNames.Likelihood;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The path and query of a request on their way to another origin. Parameters that are credentials by their names are
 * left out, those between the segments of a path ({@code ;jsessionid=…}) too. A request with one that may be a
 * credential is not to be sent: leaving it out could ask for something else, and the answer would be taken for one to
 * what was asked.
 */
final class ForwardedTarget {
    /**
     * A run of letters and digits, both of them, that is this long is no word, no date and no UUID with its hyphens.
     */
    private static final int RANDOM_LENGTH = 20;

    private static final int MOST_DECODINGS = 3;

    private ForwardedTarget() {}

    /**
     * Leaves credentials out of a path.
     *
     * @param rawPath as it is sent
     * @return null: there may be one that cannot be told from what is asked for
     */
    static @Nullable String path(String rawPath) {
        int first = rawPath.indexOf(';');
        if (first < 0) {
            return rawPath;
        }
        StringBuilder kept = new StringBuilder(rawPath.substring(0, first));
        int begin = first;
        while (begin < rawPath.length()) {
            int end = begin + 1;
            while (end < rawPath.length() && rawPath.charAt(end) != ';' && rawPath.charAt(end) != '/') {
                end++;
            }
            String part = rawPath.substring(begin, end);
            Likelihood likelihood = part.charAt(0) == ';' ? likelihood(part.substring(1)) : Likelihood.UNLIKELY;
            if (likelihood == Likelihood.POSSIBLE) {
                return null;
            }
            if (likelihood == Likelihood.UNLIKELY) {
                kept.append(part);
            }
            begin = end;
        }
        return kept.toString();
    }

    /**
     * Leaves credentials out of a query.
     *
     * @param rawQuery as it is sent
     * @return empty: nothing is left; null: there may be one that cannot be told from what is asked for
     */
    static @Nullable String query(String rawQuery) {
        StringBuilder kept = new StringBuilder();
        int begin = 0;
        while (begin <= rawQuery.length()) {
            int end = begin;
            while (end < rawQuery.length() && rawQuery.charAt(end) != '&' && rawQuery.charAt(end) != ';') {
                end++;
            }
            String parameter = rawQuery.substring(begin, end);
            Likelihood likelihood = likelihood(parameter);
            if (likelihood == Likelihood.POSSIBLE) {
                return null;
            }
            if (likelihood == Likelihood.UNLIKELY) {
                if (!kept.isEmpty()) {
                    kept.append(rawQuery.charAt(begin - 1));
                }
                kept.append(parameter);
            }
            begin = end + 1;
        }
        return kept.toString();
    }

    private static Likelihood likelihood(String parameter) {
        int equals = parameter.indexOf('=');
        String name = decoded(equals < 0 ? parameter : parameter.substring(0, equals));
        Likelihood byName = CredentialNames.of(name);
        if (byName != Likelihood.UNLIKELY) {
            return byName;
        }
        String value = equals < 0 ? name : decoded(parameter.substring(equals + 1));
        return looksRandom(value) || holdsParameters(value) ? Likelihood.POSSIBLE : Likelihood.UNLIKELY;
    }

    /** Returns whether a value has a part that looks generated. */
    private static boolean looksRandom(String value) {
        int letters = 0;
        int digits = 0;
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c >= '0' && c <= '9') {
                digits++;
            } else if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')) {
                letters++;
            } else {
                letters = 0;
                digits = 0;
            }
            if (letters > 0 && digits > 0 && letters + digits >= RANDOM_LENGTH) {
                return true;
            }
        }
        return false;
    }

    /**
     * Returns whether a value is a URL, JSON or the like with a parameter of its own that is, or may be, a credential.
     */
    private static boolean holdsParameters(String value) {
        int begin = 0;
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c == '=' || c == ':') {
                if (CredentialNames.of(value.substring(begin, i)) != Likelihood.UNLIKELY) {
                    return true;
                }
            } else if ("?&;#,{".indexOf(c) >= 0) {
                begin = i + 1;
            }
        }
        return false;
    }

    /** Decodes text as its reader may: what was quoted twice may be unquoted twice. */
    private static String decoded(String text) {
        String before = text;
        for (int i = 0; i < MOST_DECODINGS; i++) {
            String after;
            try {
                after = URLDecoder.decode(before, StandardCharsets.UTF_8);
            } catch (IllegalArgumentException e) {
                return before; // a % that quotes nothing
            }
            if (after.equals(before)) {
                return after;
            }
            before = after;
        }
        return before;
    }
}
