package dev.holdfast.fallback;

import dev.holdfast.policy.ByteString;
import dev.holdfast.policy.DefaultResponse;
import dev.holdfast.policy.FallbackPolicy.Strategy;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The strategy {@code default_value}: answers that are written in the configuration. */
final class StaticResponses {
    private StaticResponses() {}

    /** The first answer that fits a request, null if none does. */
    static FallbackCandidate.@Nullable Response find(List<DefaultResponse> answers, String method, String path) {
        for (DefaultResponse response : answers) {
            if (response.fits(method, path)) {
                return toCandidate(response, method);
            }
        }
        return null;
    }

    private static FallbackCandidate.Response toCandidate(DefaultResponse written, String method) {
        boolean bodiless = written.status() == 204 || written.status() == 304;
        ByteString body = written.body();
        Map<String, List<String>> headers = new LinkedHashMap<>();
        written.headers().forEach((name, values) -> {
            if (!name.equalsIgnoreCase("Content-Length") && !name.equalsIgnoreCase(FallbackCandidate.MARK)) {
                headers.put(name, values);
            }
        });
        if (!bodiless) {
            headers.put("Content-Length", List.of(Integer.toString(body.length())));
        }
        headers.put(FallbackCandidate.MARK, List.of(Strategy.DEFAULT_VALUE.configName()));
        return new FallbackCandidate.Response(
                Strategy.DEFAULT_VALUE,
                written.status(),
                headers,
                bodiless || method.equals("HEAD") ? ByteString.EMPTY : body);
    }
}
