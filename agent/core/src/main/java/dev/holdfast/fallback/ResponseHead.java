package dev.holdfast.fallback;

import java.time.DateTimeException;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The meaning of a response's headers for a cache, found in one pass, since every response is examined. Immutable. */
final class ResponseHead {
    private final Map<String, List<String>> headers;
    private final CacheControl control;
    private final boolean forbids;
    private final List<String> varying;
    private final List<String> ofConnection;
    private final boolean setsCookie;
    private final boolean authenticates;
    private final boolean isStream;
    private final boolean isPart;
    private final boolean isOurs;
    private final @Nullable String entityTag;
    private final @Nullable String lastModified;
    private final @Nullable String age;
    private final @Nullable String length;
    private final @Nullable String date;
    private final @Nullable String expires;

    /** Reads these headers, whatever the case of their names; they are not copied. */
    ResponseHead(Map<String, List<String>> headers) {
        this.headers = headers;
        List<String> controlLines = List.of();
        List<String> pragmaLines = List.of();
        boolean authentication = false;
        boolean stream = false;
        List<String> vary = List.of();
        List<String> connection = List.of();
        boolean cookie = false;
        boolean part = false;
        boolean ours = false;
        String tagText = null;
        String modifiedText = null;
        String ageText = null;
        String lengthText = null;
        String dateText = null;
        String expiresText = null;
        boolean malformed = false;
        for (Map.Entry<String, List<String>> header : headers.entrySet()) {
            List<String> values = header.getValue();
            // Names that differ by case only are possible in what a program or a file says.
            switch (header.getKey().toLowerCase(Locale.ROOT)) {
                case "cache-control" -> controlLines = together(controlLines, values);
                case "pragma" -> pragmaLines = together(pragmaLines, values);
                case "vary" -> vary = together(vary, names(values));
                case "connection" -> connection = together(connection, names(values));
                case "set-cookie", "set-cookie2" -> cookie = true;
                case "www-authenticate", "proxy-authenticate", "authentication-info", "proxy-authentication-info" ->
                    authentication = true;
                case "content-type" -> stream = isEventStream(values);
                case "content-range" -> part = true;
                case "holdfast-fallback" -> ours = true;
                case "etag" -> tagText = first(tagText, values);
                case "last-modified" -> modifiedText = first(modifiedText, values);
                case "age" -> ageText = first(ageText, values);
                case "content-length" -> lengthText = first(lengthText, values);
                case "date" -> dateText = first(dateText, values);
                case "expires" -> expiresText = first(expiresText, values);
                default -> malformed |= !isName(header.getKey());
            }
        }
        control = CacheControl.of(controlLines);
        forbids = malformed || control.has("no-store") || control.has("no-cache") || saysNoCache(pragmaLines);
        varying = vary;
        ofConnection = connection;
        setsCookie = cookie;
        authenticates = authentication;
        isStream = stream;
        isPart = part;
        isOurs = ours;
        entityTag = tagText;
        lastModified = modifiedText;
        age = ageText;
        length = lengthText;
        date = dateText;
        expires = expiresText;
    }

    private static List<String> together(List<String> some, List<String> more) {
        if (some.isEmpty()) {
            return more;
        }
        List<String> all = new ArrayList<>(some);
        all.addAll(more);
        return all;
    }

    private static @Nullable String first(@Nullable String before, List<String> values) {
        return before != null || values.isEmpty() ? before : values.get(0);
    }

    private static List<String> names(List<String> values) {
        List<String> names = new ArrayList<>();
        for (String value : values) {
            for (String name : value.split(",", -1)) {
                if (!name.isBlank()) {
                    String stripped = name.strip().toLowerCase(Locale.ROOT);
                    // What is no header's name may mean any.
                    names.add(CacheControl.isToken(stripped) ? stripped : "*");
                }
            }
        }
        return names;
    }

    /** The predecessor of {@code Cache-Control} (RFC 9111, section 5.4), which only says one thing. */
    private static boolean saysNoCache(List<String> pragmaLines) {
        CacheControl pragma = CacheControl.of(pragmaLines);
        return pragma.has("no-cache") || pragma.has("no-store");
    }

    /** Returns whether it is a header's name: a line that cannot be read may have forbidden to store the response. */
    private static boolean isName(String name) {
        return name.startsWith(":") || CacheControl.isToken(name);
    }

    private static boolean isEventStream(List<String> types) {
        return types.stream()
                .anyMatch(type -> type.strip().toLowerCase(Locale.ROOT).startsWith("text/event-stream"));
    }

    /** All of them, as they came. */
    Map<String, List<String>> headers() {
        return headers;
    }

    /** Returns the directives of {@code Cache-Control}. */
    CacheControl control() {
        return control;
    }

    /** The names in {@code Vary}, in lower case. */
    List<String> varying() {
        return varying;
    }

    /** The names in {@code Connection}, in lower case: headers that concern one connection. */
    List<String> ofConnection() {
        return ofConnection;
    }

    /**
     * Returns whether it may not be stored, or not be used without asking the origin again, by whatever header says so.
     */
    boolean forbidsStoring() {
        return forbids;
    }

    /** Returns whether it took part in an authentication, of which the client may not have told us. */
    boolean authenticates() {
        return authenticates;
    }

    /** Returns whether it is a stream of events, which has no end to wait for. */
    boolean isStream() {
        return isStream;
    }

    /** Returns whether it sets a cookie. */
    boolean setsCookie() {
        return setsCookie;
    }

    /** Returns whether it is a part of something. */
    boolean isPart() {
        return isPart;
    }

    /** Returns whether it carries Holdfast's own mark. */
    boolean isOurs() {
        return isOurs;
    }

    /** The {@code ETag}, null: there is none. */
    @Nullable
    String entityTag() {
        return entityTag;
    }

    /** The {@code Last-Modified}, null: there is none. */
    @Nullable
    String lastModified() {
        return lastModified;
    }

    /** Returns the {@code Content-Length}, 0 without one. */
    long length() {
        return CacheControl.seconds(length, 0);
    }

    /** Returns its age at receipt, in seconds. */
    long ageAtReceipt() {
        return CacheControl.seconds(age, 0);
    }

    /** Returns its freshness lifetime in seconds (RFC 9111, section 4.2.1); 0 where it does not say. */
    long lifetime() {
        if (control.has("max-age")) {
            return control.seconds("max-age");
        }
        if (expires == null) {
            return 0;
        }
        Long until = seconds(expires);
        Long from = seconds(date);
        return until == null || from == null ? 0 : Math.max(0, until - from);
    }

    /**
     * Returns the time at which the origin created it, by its {@code Date}, in milliseconds since the epoch. An
     * {@code Age} alone would hide what a cache on the way has not counted (RFC 9111, section 4.2.3).
     *
     * @param otherwise the answer where it does not say
     */
    long madeAt(long otherwise) {
        Long made = seconds(date);
        return made == null ? otherwise : TimeUnit.SECONDS.toMillis(made);
    }

    private static @Nullable Long seconds(@Nullable String text) {
        if (text == null) {
            return null;
        }
        try {
            return ZonedDateTime.parse(text.strip(), DateTimeFormatter.RFC_1123_DATE_TIME)
                    .toEpochSecond();
        } catch (DateTimeException e) {
            return null;
        }
    }
}
