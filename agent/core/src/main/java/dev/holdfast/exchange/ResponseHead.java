package dev.holdfast.exchange;

import dev.holdfast.call.Outcome;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The head of a response, as the exchange looks at it. Looking at it must not make the client send anything. */
public interface ResponseHead extends Outcome.Response {
    // Every adapter says all values, so that a repeated header means the same with each.
    @Override
    @Nullable
    String header(String name, int index);

    @Override
    default @Nullable String header(String name) {
        return header(name, 0);
    }

    /**
     * All header fields, in the order in which they came; names that differ by case only are one. A line that is no
     * header field may be present under an empty name.
     */
    Map<String, List<String>> fields();
}
