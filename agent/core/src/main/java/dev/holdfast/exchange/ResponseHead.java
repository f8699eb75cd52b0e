package dev.holdfast.exchange;

import dev.holdfast.call.Outcome;
import java.util.List;
import java.util.Map;

/** The head of a response, as the exchange looks at it. Looking at it must not make the client send anything. */
public interface ResponseHead extends Outcome.Response {
    /**
     * All header fields, in the order in which they came; names that differ by case only are one. A line that is no
     * header field may be present under an empty name.
     */
    Map<String, List<String>> fields();
}
