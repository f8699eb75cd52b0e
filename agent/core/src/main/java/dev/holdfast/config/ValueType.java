package dev.holdfast.config;

/**
 * The kinds of values that keys take. The Java type that each is held as is paired with it in {@link Section}; the
 * words in which an error describes it are in {@link Key#allowed}.
 */
enum ValueType {
    /** {@code true} or {@code false}. */
    FLAG("boolean"),
    /** A whole number within the key's range. */
    INTEGER("integer"),
    /** A number with or without a fraction, within the key's range; never NaN. */
    DECIMAL("number"),
    /** A string such as {@code "1m30s"}; held as nanoseconds. */
    DURATION("duration"),
    /** Bytes, as an integer or a string such as {@code "64KiB"}; held as bytes. */
    SIZE("size"),
    /** One of the key's words. */
    CHOICE("word"),
    /** One of the key's words, or several of them in the order in which they are tried. */
    CHOICES("word or array of words"),
    /** {@code true}, {@code false}, or one of the words for a jitter: the seed's flag, refined. */
    JITTER("boolean or word"),
    /** Status codes within the key's range. */
    STATUSES("array of status codes"),
    /** Status codes within the key's range, and ranges of them such as {@code "200-399"}. */
    STATUS_RANGES("array of status codes and ranges"),
    /** Error kinds and names of exception classes. */
    ERRORS("array of error kinds and exception class names"),
    /** Status codes within the key's range, error kinds, and names of exception classes. */
    OUTCOMES("array of status codes, error kinds and exception class names"),
    /** Names of headers; held in lower case. */
    HEADER_NAMES("array of header names"),
    /** The name of a request header that tells an attempt's number, as it is sent, or empty for none. */
    ATTEMPT_HEADER("header name"),
    /** Names of hosts, without ports; held in lower case. */
    HOST_NAMES("array of host names"),
    /** Names that the file gives, one or several. */
    NAMES("name or array of names"),
    /** Tables with the keys of the one that they stand below; held as {@link Settings}. */
    ANSWERS("array of tables"),
    /** Tables with the keys of a condition; held as {@link Settings}. */
    CONDITIONS("array of tables"),
    /** Names of HTTP methods; held in upper case. */
    METHODS("array of HTTP methods"),
    /** Header names, each with a value or an array of values. */
    HEADERS("table of headers"),
    /** Texts, one or several. */
    TEXTS("text or array of texts"),
    /** JSON pointers, each with a value or an array of values. */
    POINTERS("table of JSON pointers"),
    /** Names, each with a text; {@code a.b = "c"} is the name {@code a.b}. */
    ATTRIBUTES("table of attributes"),
    /** A number of calls, or a duration. */
    WINDOW("integer or duration"),
    /** So many in a time, such as {@code "100/s"}, or empty for any number. */
    RATE("rate"),
    /** A duration, {@code "p95"}, or empty for none. */
    HEDGE_DELAY("duration or word"),
    /** Any text. */
    TEXT("string"),
    /** The name of a file or a directory, or empty for none. */
    FILE("string"),
    /** {@code host:port}, or empty for none. */
    ADDRESS("address"),
    /** An absolute http or https URL, or empty for none. */
    URL("URL");

    private final String label;

    ValueType(String label) {
        this.label = label;
    }

    /** The name of the type in the reference. */
    String label() {
        return label;
    }
}
