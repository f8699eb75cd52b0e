package dev.holdfast.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The words that a key takes, each with the value that it stands for. Immutable.
 *
 * @param words as the file has them, in the order of the reference
 * @param values what they stand for, in the same order
 * @param <T> the type of the values
 */
record Choices<T>(List<String> words, List<T> values) {
    /** The choices without words: any value of the key's type is allowed. */
    static final Choices<?> NONE = new Choices<>(List.of(), List.of());

    /** Copies the lists. */
    Choices {
        words = List.copyOf(words);
        values = List.copyOf(values);
    }

    /** The constants of an enumeration, each under its own name in lower case. */
    static <E extends Enum<E>> Choices<E> of(List<E> constants) {
        List<String> words = new ArrayList<>();
        for (E constant : constants) {
            words.add(constant.name().toLowerCase(Locale.ROOT));
        }
        return new Choices<>(words, constants);
    }

    /** The value that a word stands for; null if it is none of the words. */
    @Nullable
    T value(String word) {
        int at = words.indexOf(word);
        return at < 0 ? null : values.get(at);
    }

    /** The word for a value; null if none stands for it. */
    @Nullable
    String word(@Nullable Object value) {
        int at = values.indexOf(value);
        return at < 0 ? null : words.get(at);
    }
}
