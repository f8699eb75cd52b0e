package dev.holdfast.fallback;

import dev.holdfast.policy.Content;
import dev.holdfast.policy.DefaultAnswer;
import dev.holdfast.policy.FallbackPolicy.Strategy;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The strategy {@code default_value}: answers that are written in the configuration. */
final class WrittenAnswers {
    private WrittenAnswers() {}

    /** The first answer that fits a request, null if none does. */
    static Offer.@Nullable Answer find(List<DefaultAnswer> answers, String method, URI uri) {
        String path = uri.getRawPath();
        for (DefaultAnswer answer : answers) {
            if (answer.fits(method, path == null ? "" : path)) {
                return made(answer, method);
            }
        }
        return null;
    }

    private static Offer.Answer made(DefaultAnswer written, String method) {
        boolean bodiless = written.status() == 204 || written.status() == 304;
        Content body = written.body();
        Map<String, List<String>> headers = new LinkedHashMap<>();
        written.headers().forEach((name, values) -> {
            if (!name.equalsIgnoreCase("Content-Length") && !name.equalsIgnoreCase(Offer.MARK)) {
                headers.put(name, values);
            }
        });
        if (!bodiless) {
            headers.put("Content-Length", List.of(Integer.toString(body.length())));
        }
        headers.put(Offer.MARK, List.of(Strategy.DEFAULT_VALUE.configName()));
        return new Offer.Answer(
                Strategy.DEFAULT_VALUE,
                written.status(),
                headers,
                bodiless || method.equals("HEAD") ? Content.EMPTY : body);
    }
}
