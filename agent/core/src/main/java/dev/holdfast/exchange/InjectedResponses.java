package dev.holdfast.exchange;

import dev.holdfast.call.Step;
import dev.holdfast.fallback.FallbackCandidate;
import dev.holdfast.policy.ByteString;
import dev.holdfast.policy.FallbackPolicy.Strategy;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Makes the responses of injected faults. */
final class InjectedResponses {
    /** The header that marks a response of an injected fault. */
    private static final String MARK = "Holdfast-Fault";

    private static final ByteString BODY = ByteString.owning(
            "Holdfast injected this response; no origin has sent it.\n".getBytes(StandardCharsets.UTF_8));

    private InjectedResponses() {}

    /** A response in the form in which clients show those of a fallback. */
    static FallbackCandidate.Response toCandidate(Step.Respond injected, String method) {
        Map<String, List<String>> headers = new LinkedHashMap<>();
        headers.put("Content-Type", List.of("text/plain; charset=utf-8"));
        headers.put("Content-Length", List.of(Integer.toString(BODY.length())));
        headers.put(MARK, List.of("status"));
        return new FallbackCandidate.Response(
                Strategy.DEFAULT_VALUE, injected.status(), headers, method.equals("HEAD") ? ByteString.EMPTY : BODY);
    }
}
