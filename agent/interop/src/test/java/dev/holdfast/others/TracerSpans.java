package dev.holdfast.others;

import java.util.HashMap;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The spans that OpenTelemetry's agent has written to standard error, which are those that have ended. */
final class TracerSpans {
    private static final JsonMapper JSON = new JsonMapper();
    private static final int CLIENT = 3;

    private static final Span NONE = new Span("", "", "", false);

    private final Map<String, Span> spans = new HashMap<>();

    /** A span; the parent is empty where it has none. */
    record Span(String trace, String id, String parent, boolean client) {}

    TracerSpans(String standardError) {
        standardError
                .lines()
                .filter(line -> line.contains("OtlpJsonLoggingSpanExporter"))
                .map(line -> JSON.readTree(line.substring(line.indexOf('{'))))
                .flatMap(batch -> batch.path("scopeSpans").valueStream())
                .flatMap(scope -> scope.path("spans").valueStream())
                .map(TracerSpans::span)
                .forEach(span -> spans.put(span.id(), span));
    }

    private static Span span(JsonNode node) {
        return new Span(
                node.path("traceId").asString(),
                node.path("spanId").asString(),
                node.path("parentSpanId").asString(""),
                node.path("kind").asInt() == CLIENT);
    }

    /** The one with this id; one with nothing in it where none has ended. */
    Span find(String id) {
        return spans.getOrDefault(id, NONE);
    }
}
