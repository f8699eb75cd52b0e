package dev.holdfast.config;

import dev.holdfast.policy.ErrorKind;
import dev.holdfast.policy.Jitter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A table of the configuration file, with the words in which its keys are defined. Each method defines one key below
 * those that are there, and is the only place that says which {@link ValueType} gives values of which Java type.
 */
final class Section {
    private static final Choices<ErrorKind> ERROR_KINDS = errorKinds();

    private final String path;
    private final boolean perHost;
    private final String meaning;
    private final List<Key<?>> keys = new ArrayList<>();

    /**
     * Begins a table.
     *
     * @param path its path, empty for the top of the file
     * @param perHost whether it stands below {@code hosts."PATTERN"} too
     * @param meaning one line for the reader of the reference
     */
    Section(String path, boolean perHost, String meaning) {
        this.path = path;
        this.perHost = perHost;
        this.meaning = meaning;
    }

    /** Its path, empty for the top of the file. */
    String path() {
        return path;
    }

    /** The path without its last part; empty for a table at the top. */
    String parent() {
        int dot = path.lastIndexOf('.');
        return dot < 0 ? "" : path.substring(0, dot);
    }

    /** The last part of the path. */
    String name() {
        return path.substring(path.lastIndexOf('.') + 1);
    }

    /** Returns whether it stands below {@code hosts."PATTERN"} too. */
    boolean perHost() {
        return perHost;
    }

    /** One line for the reader of the reference. */
    String meaning() {
        return meaning;
    }

    /** Its keys, in the order of the reference. Not to be changed. */
    List<Key<?>> keys() {
        return keys;
    }

    private static Choices<ErrorKind> errorKinds() {
        List<String> words = new ArrayList<>();
        List<ErrorKind> kinds = new ArrayList<>();
        for (ErrorKind kind : ErrorKind.values()) {
            if (kind != ErrorKind.OTHER) {
                words.add(kind.configName());
                kinds.add(kind);
            }
        }
        return new Choices<>(words, kinds);
    }

    /** The kind of failure that a word stands for; null if it stands for none. */
    static @Nullable ErrorKind errorKind(String word) {
        return ERROR_KINDS.value(word);
    }

    Key<Boolean> flag(String name, boolean standard, String meaning) {
        return add(name, ValueType.FLAG, standard, 0, 0, meaning);
    }

    Key<Integer> integer(String name, long standard, double min, double max, String meaning) {
        return add(name, ValueType.INTEGER, standard, min, max, meaning);
    }

    Key<Double> decimal(String name, double standard, double min, double max, String meaning) {
        return add(name, ValueType.DECIMAL, standard, min, max, meaning);
    }

    Key<Duration> duration(String name, String standard, double min, double max, String meaning) {
        return add(name, ValueType.DURATION, standard, min, max, meaning);
    }

    /** Bytes. */
    Key<Long> size(String name, Object standard, double min, double max, String meaning) {
        return add(name, ValueType.SIZE, standard, min, max, meaning);
    }

    /** Bytes, in a key that holds for all hosts, in a section that hosts may have too. */
    Key<Long> sizeForAll(String name, Object standard, double min, double max, String meaning) {
        return add(new Key<>(this, name, ValueType.SIZE, standard, min, max, Choices.NONE, false, false, meaning));
    }

    <T> Key<T> choice(String name, T standard, Choices<T> choices, String meaning) {
        String word = choices.words().get(choices.values().indexOf(standard));
        return add(name, ValueType.CHOICE, word, choices, meaning);
    }

    <T> Key<List<T>> choices(String name, Choices<T> choices, String meaning) {
        return add(name, ValueType.CHOICES, List.of(), choices, meaning);
    }

    Key<Jitter> jitter(String name, String meaning) {
        Choices<Jitter> words = Choices.of(List.of(Jitter.FULL, Jitter.EQUAL, Jitter.DECORRELATED));
        return add(name, ValueType.JITTER, true, words, meaning);
    }

    Key<List<Integer>> statuses(String name, List<Long> standard, double min, double max, String meaning) {
        return add(name, ValueType.STATUSES, standard, min, max, meaning);
    }

    Key<List<StatusRange>> statusRanges(String name, List<?> standard, double min, double max, String meaning) {
        return add(name, ValueType.STATUS_RANGES, standard, min, max, meaning);
    }

    Key<List<FailureName>> errors(String name, List<String> standard, String meaning) {
        return add(name, ValueType.ERRORS, standard, ERROR_KINDS, meaning);
    }

    Key<List<FailureName>> outcomes(String name, List<?> standard, double min, double max, String meaning) {
        return add(new Key<>(this, name, ValueType.OUTCOMES, standard, min, max, ERROR_KINDS, false, perHost, meaning));
    }

    /** Names in lower case. */
    Key<List<String>> headerNames(String name, List<String> standard, String meaning) {
        return add(name, ValueType.HEADER_NAMES, standard, 0, 0, meaning);
    }

    /** A name as it is sent. */
    Key<String> attemptHeader(String name, String meaning) {
        return add(name, ValueType.ATTEMPT_HEADER, "", 0, 0, meaning);
    }

    /** Names in lower case, without ports. */
    Key<List<String>> hostNames(String name, String meaning) {
        return add(name, ValueType.HOST_NAMES, List.of(), 0, 0, meaning);
    }

    /** Methods in upper case. */
    Key<List<String>> methods(String name, List<String> standard, String meaning) {
        return add(name, ValueType.METHODS, standard, 0, 0, meaning);
    }

    /** Tables that may set the other keys of this section. */
    Key<List<Settings>> answers(String name, String meaning) {
        return secret(name, ValueType.ANSWERS, List.of(), meaning);
    }

    /** Names that the file gives, one or several. */
    Key<List<String>> names(String name, String meaning) {
        return add(name, ValueType.NAMES, List.of(), 0, 0, meaning);
    }

    /** Tables with keys of their own, see {@link RetryKeys#CONDITION}. */
    Key<List<Settings>> conditions(String name, String meaning) {
        return secret(name, ValueType.CONDITIONS, List.of(), meaning);
    }

    Key<Window> window(String name, Object standard, double min, double max, String meaning) {
        return add(name, ValueType.WINDOW, standard, min, max, meaning);
    }

    Key<Units.Rate> rate(String name, String meaning) {
        return add(name, ValueType.RATE, "", 0, 0, meaning);
    }

    Key<HedgeDelay> hedgeDelay(String name, String meaning) {
        return add(name, ValueType.HEDGE_DELAY, "", 0, 0, meaning);
    }

    /** Header names as the file has them, each with its values. */
    Key<Map<String, List<String>>> headers(String name, String meaning) {
        return secret(name, ValueType.HEADERS, Map.of(), meaning);
    }

    /** Texts to look for, one or several. */
    Key<List<String>> texts(String name, String meaning) {
        return secret(name, ValueType.TEXTS, List.of(), meaning);
    }

    /** JSON pointers as the file has them, each with its values. */
    Key<Map<String, List<String>>> pointers(String name, String meaning) {
        return secret(name, ValueType.POINTERS, Map.of(), meaning);
    }

    Key<Map<String, String>> attributes(String name, String meaning) {
        return add(name, ValueType.ATTRIBUTES, Map.of(), 0, 0, meaning);
    }

    Key<String> text(String name, String meaning) {
        return add(name, ValueType.TEXT, "", 0, 0, meaning);
    }

    Key<String> secretText(String name, String meaning) {
        return secret(name, ValueType.TEXT, "", meaning);
    }

    /** The name of a file or a directory, empty for none. */
    Key<String> file(String name, String meaning) {
        return add(name, ValueType.FILE, "", 0, 0, meaning);
    }

    /** Adds a key as {@link #file} does, for one that holds for all hosts, in a section that hosts may have too. */
    Key<String> fileForAll(String name, String meaning) {
        return add(new Key<>(this, name, ValueType.FILE, "", 0, 0, Choices.NONE, false, false, meaning));
    }

    /** {@code host:port}, empty for none. */
    Key<String> address(String name, String meaning) {
        return add(name, ValueType.ADDRESS, "", 0, 0, meaning);
    }

    /** An absolute http or https URL, empty for none. */
    Key<String> url(String name, String meaning) {
        return secret(name, ValueType.URL, "", meaning);
    }

    private <T> Key<T> add(String name, ValueType type, Object standard, double min, double max, String meaning) {
        return add(new Key<>(this, name, type, standard, min, max, Choices.NONE, false, perHost, meaning));
    }

    private <T> Key<T> add(String name, ValueType type, Object standard, Choices<?> choices, String meaning) {
        return add(new Key<>(this, name, type, standard, 0, 0, choices, false, perHost, meaning));
    }

    private <T> Key<T> secret(String name, ValueType type, Object standard, String meaning) {
        return add(new Key<>(this, name, type, standard, 0, 0, Choices.NONE, true, perHost, meaning));
    }

    private <T> Key<T> add(Key<T> key) {
        keys.add(key);
        return key;
    }
}
