package dev.holdfast.config;

import dev.holdfast.policy.CredentialNames;
import dev.holdfast.policy.ErrorKind;
import dev.holdfast.policy.HedgePolicy;
import dev.holdfast.policy.Jitter;
import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Turns single values of a file, and elements of its arrays, into values as {@link Section} says for their type. */
final class ValueParser {
    private ValueParser() {}

    /** A single value, or an element of an array; null where it is not allowed. */
    static @Nullable Object scalar(Key<?> key, Object found) {
        return switch (key.type()) {
            case FLAG -> found instanceof Boolean ? found : null;
            case INTEGER, STATUSES -> found instanceof Long number && isWithin(key, number) ? number.intValue() : null;
            case STATUS_RANGES -> statusRange(key, found);
            case DECIMAL -> decimal(key, found);
            case DURATION -> found instanceof String text ? duration(key, text) : null;
            case SIZE -> size(key, found);
            case CHOICE, CHOICES -> found instanceof String text ? key.choices().value(text) : null;
            case JITTER -> jitter(key, found);
            case ERRORS -> found instanceof String text ? failure(text) : null;
            case OUTCOMES -> outcome(key, found);
            case HEADER_NAMES -> found instanceof String text && isToken(text) ? text.toLowerCase(Locale.ROOT) : null;
            case ATTEMPT_HEADER -> found instanceof String text && isAttemptHeader(text) ? text : null;
            case HOST_NAMES ->
                found instanceof String text && MessageText.isHostName(text) ? text.toLowerCase(Locale.ROOT) : null;
            case NAMES, TEXTS -> found instanceof String text && !text.isEmpty() ? text : null;
            case METHODS -> found instanceof String text && isToken(text) ? text.toUpperCase(Locale.ROOT) : null;
            case WINDOW -> window(key, found);
            case RATE -> found instanceof String text ? Units.parseRate(text) : null;
            case HEDGE_DELAY -> found instanceof String text ? hedgeDelay(text) : null;
            case TEXT, FILE -> found instanceof String ? found : null;
            case ADDRESS -> found instanceof String text && MessageText.isAddress(text) ? text : null;
            case URL -> found instanceof String text && MessageText.isHttpUrl(text) ? text : null;
            case HEADERS, POINTERS, ATTRIBUTES, ANSWERS, CONDITIONS -> null;
        };
    }

    private static boolean isWithin(Key<?> key, long value) {
        return value >= key.min() && value <= key.max();
    }

    private static boolean isWithin(Key<?> key, double value) {
        // NaN is within nothing.
        return value >= key.min() && value <= key.max();
    }

    private static @Nullable StatusRange statusRange(Key<?> key, Object found) {
        if (found instanceof Long number) {
            int status = number.intValue();
            return isWithin(key, number) ? new StatusRange(number.toString(), status, status) : null;
        }
        if (!(found instanceof String text) || text.length() != 7 || text.charAt(3) != '-') {
            return null;
        }
        try {
            int first = Integer.parseUnsignedInt(text.substring(0, 3));
            int last = Integer.parseUnsignedInt(text.substring(4));
            boolean good = first <= last && first >= key.min() && last <= key.max();
            return good ? new StatusRange(text, first, last) : null;
        } catch (NumberFormatException e) {
            return null;
        }
    }

    static @Nullable Double decimal(Key<?> key, Object found) {
        Double value = found instanceof Double number
                ? number
                : found instanceof Long number ? Double.valueOf(number.doubleValue()) : null;
        return value != null && isWithin(key, value) ? value : null;
    }

    private static @Nullable Duration duration(Key<?> key, String text) {
        long nanos = Units.parseDuration(text);
        return isWithin(key, nanos) ? Duration.ofNanos(nanos) : null;
    }

    private static @Nullable Long size(Key<?> key, Object found) {
        Long bytes = found instanceof Long number
                ? number
                : found instanceof String text ? Long.valueOf(Units.parseSize(text)) : null;
        return bytes != null && isWithin(key, bytes) ? bytes : null;
    }

    private static @Nullable Object jitter(Key<?> key, Object found) {
        if (found instanceof Boolean on) {
            return on ? Jitter.PROPORTIONAL : Jitter.NONE;
        }
        return found instanceof String text ? key.choices().value(text) : null;
    }

    private static @Nullable FailureName failure(String text) {
        ErrorKind kind = Section.errorKind(text);
        return kind != null || isClassName(text) ? new FailureName(text, 0, kind) : null;
    }

    private static @Nullable FailureName outcome(Key<?> key, Object found) {
        if (found instanceof Long number) {
            return isWithin(key, number) ? new FailureName(number.toString(), number.intValue(), null) : null;
        }
        return found instanceof String text ? failure(text) : null;
    }

    private static @Nullable Window window(Key<?> key, Object found) {
        if (found instanceof Long number) {
            return isWithin(key, number) ? new Window(number.toString(), number.intValue(), 0) : null;
        }
        if (!(found instanceof String text)) {
            return null;
        }
        long nanos = Units.parseDuration(text);
        return nanos > 0 ? new Window(text, 0, nanos) : null;
    }

    private static @Nullable HedgeDelay hedgeDelay(String text) {
        if (text.isEmpty()) {
            return new HedgeDelay(text, HedgePolicy.NONE);
        }
        long nanos = text.equals("p95") ? 0 : Units.parseDuration(text);
        return nanos > 0 || text.equals("p95") ? new HedgeDelay(text, new HedgePolicy(true, nanos)) : null;
    }

    /**
     * Returns whether a text names a class as a file may: with its package, so that a mistyped kind is not taken for
     * one.
     */
    private static boolean isClassName(String text) {
        boolean start = true;
        boolean dotted = false;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '.' && !start) {
                dotted = true;
                start = true;
            } else if (start ? Character.isJavaIdentifierStart(c) : Character.isJavaIdentifierPart(c)) {
                start = false;
            } else {
                return false;
            }
        }
        return dotted && !start;
    }

    /**
     * Returns whether a header may be added to a request to tell the attempt's number. Harmless is one whose name says
     * so: among those that frame a message, steer a connection or hold a credential, none does.
     */
    private static boolean isAttemptHeader(String text) {
        String lower = text.toLowerCase(Locale.ROOT);
        boolean tells = lower.contains("attempt") || lower.contains("retry") || lower.contains("retries");
        return text.isEmpty()
                || (tells
                        && isToken(text)
                        && !lower.startsWith("retry-after")
                        && CredentialNames.of(text) == CredentialNames.Likelihood.UNLIKELY);
    }

    /** Returns whether a text is a token of RFC 9110, section 5.6.2: what a method or a header name is made of. */
    static boolean isToken(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (!MessageText.isLetterOrDigit(c) && "!#$%&'*+-.^_`|~".indexOf(c) < 0) {
                return false;
            }
        }
        return !text.isEmpty();
    }
}
