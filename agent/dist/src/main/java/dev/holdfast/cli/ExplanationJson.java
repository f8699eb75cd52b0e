package dev.holdfast.cli;

import dev.holdfast.config.Explanation;
import dev.holdfast.config.ExplanationWriter;
import dev.holdfast.simulation.Timeline;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;

/** An explanation for a program; {@code docs/command-line.md} describes it. */
final class ExplanationJson {
    private static final int SCHEMA = 1;

    private ExplanationJson() {}

    static void write(Explanation why, @Nullable Timeline timeline, JsonGenerator to) {
        to.writeStartObject();
        to.writeNumberProperty("schema", SCHEMA);
        ExplanationWriter.write(why, to);
        to.writeName("timeline");
        timeline(timeline, to);
        to.writeEndObject();
    }

    private static String lower(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    private static void timeline(@Nullable Timeline timeline, JsonGenerator to) {
        if (timeline == null) {
            to.writeNull();
            return;
        }
        to.writeStartArray();
        for (Timeline.Call call : timeline.calls()) {
            to.writeStartObject();
            to.writeNumberProperty("call", call.number());
            to.writeNumberProperty("attempts", call.attempts());
            to.writeNumberProperty("requests_at_most", call.mostRequests());
            to.writeNumberProperty("seconds", call.nanos() / 1e9);
            to.writeNumberProperty("seconds_at_least", call.shortestNanos() / 1e9);
            to.writeNumberProperty("seconds_at_most", call.longestNanos() / 1e9);
            to.writeBooleanProperty("jitter_decides", call.jitterDecides());
            to.writeArrayPropertyStart("events");
            for (Timeline.Event event : call.events()) {
                to.writeStartObject();
                to.writeNumberProperty("at_seconds", event.atNanos() / 1e9);
                to.writeStringProperty("kind", lower(event.kind()));
                to.writeStringProperty("text", event.text());
                to.writeEndObject();
            }
            to.writeEndArray();
            to.writeEndObject();
        }
        to.writeEndArray();
    }
}
