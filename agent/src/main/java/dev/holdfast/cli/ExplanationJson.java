package dev.holdfast.cli;

import dev.holdfast.config.Explanation;
import dev.holdfast.config.Sources;
import dev.holdfast.observe.rehearsal.Timeline;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;

/** An explanation for a program; {@code src/docs/command-line.md} describes it. */
final class ExplanationJson {
    private static final int SCHEMA = 1;

    private ExplanationJson() {}

    static void write(Explanation why, @Nullable Timeline timeline, JsonGenerator to) {
        to.writeStartObject();
        to.writeNumberProperty("schema", SCHEMA);
        to.writeStringProperty("file", why.file());
        to.writeStringProperty("method", why.method());
        to.writeStringProperty("url", why.url().toString());
        to.writeBooleanProperty("untouched", why.untouched());
        to.writeName("policy");
        text(why.policy(), to);
        to.writeName("mode");
        text(why.mode() == null ? null : lower(why.mode()), to);
        candidates("hosts", why.hosts(), to);
        to.writeNumberProperty("hosts_left_out", why.hostsLeftOut());
        candidates("routes", why.routes(), to);
        to.writeArrayPropertyStart("settings");
        for (Sources.Value value : why.values()) {
            to.writeStartObject();
            to.writeStringProperty("key", value.key());
            to.writeStringProperty("toml", value.text());
            to.writeBooleanProperty("default", value.builtIn());
            to.writeNumberProperty("line", value.line());
            to.writeStringProperty("from", value.from());
            to.writeEndObject();
        }
        to.writeEndArray();
        to.writeName("timeline");
        timeline(timeline, to);
        to.writeEndObject();
    }

    private static void text(@Nullable String text, JsonGenerator to) {
        if (text == null) {
            to.writeNull();
        } else {
            to.writeString(text);
        }
    }

    private static String lower(@Nullable Enum<?> constant) {
        return constant == null ? "" : constant.name().toLowerCase(Locale.ROOT);
    }

    private static void candidates(String name, List<Explanation.Candidate> candidates, JsonGenerator to) {
        to.writeArrayPropertyStart(name);
        for (Explanation.Candidate candidate : candidates) {
            to.writeStartObject();
            to.writeStringProperty("pattern", candidate.pattern());
            to.writeNumberProperty("line", candidate.line());
            to.writeStringProperty("verdict", lower(candidate.verdict()));
            to.writeStringProperty("reason", candidate.reason());
            to.writeEndObject();
        }
        to.writeEndArray();
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
