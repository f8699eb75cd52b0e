package dev.holdfast.config;

import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;

/** Explanations as JSON, the same for the live page and the command line; {@code docs/command-line.md} describes it. */
public final class ExplanationWriter {
    private ExplanationWriter() {}

    /** The properties of an explanation, into the object that is open. */
    public static void write(Explanation why, JsonGenerator to) {
        to.writeStringProperty("file", why.file());
        to.writeStringProperty("method", why.method());
        to.writeStringProperty("url", why.url().toString());
        to.writeBooleanProperty("untouched", why.untouched());
        text("policy", why.policy(), to);
        text("mode", why.mode() == null ? null : word(why.mode()), to);
        candidates("hosts", why.hosts(), to);
        to.writeNumberProperty("hosts_left_out", why.hostsLeftOut());
        candidates("routes", why.routes(), to);
        to.writeArrayPropertyStart("restrictions");
        for (Explanation.Restriction restriction : why.restrictions()) {
            to.writeStartObject();
            to.writeStringProperty("setting", restriction.setting());
            to.writeStringProperty("text", restriction.text());
            to.writeEndObject();
        }
        to.writeEndArray();
        to.writeArrayPropertyStart("layers");
        for (SettingProvenance.Layer layer : why.layers()) {
            to.writeStartObject();
            to.writeStringProperty("from", layer.from());
            to.writeNumberProperty("line", layer.line());
            to.writeEndObject();
        }
        to.writeEndArray();
        settings(why.values(), to);
    }

    /** The values of a policy, as a property of the object that is open. */
    public static void settings(List<SettingProvenance.Value> values, JsonGenerator to) {
        to.writeArrayPropertyStart("settings");
        for (SettingProvenance.Value value : values) {
            to.writeStartObject();
            to.writeStringProperty("key", value.key());
            to.writeStringProperty("toml", value.text());
            to.writeBooleanProperty("default", value.builtIn());
            to.writeNumberProperty("line", value.line());
            to.writeStringProperty("from", value.from());
            to.writeEndObject();
        }
        to.writeEndArray();
    }

    private static void candidates(String name, List<Explanation.Candidate> candidates, JsonGenerator to) {
        to.writeArrayPropertyStart(name);
        for (Explanation.Candidate candidate : candidates) {
            to.writeStartObject();
            to.writeStringProperty("pattern", candidate.pattern());
            to.writeNumberProperty("line", candidate.line());
            to.writeStringProperty("verdict", word(candidate.verdict()));
            to.writeStringProperty("reason", candidate.reason());
            to.writeStringProperty("from", candidate.from());
            to.writeEndObject();
        }
        to.writeEndArray();
    }

    private static void text(String name, @Nullable String text, JsonGenerator to) {
        to.writeName(name);
        if (text == null) {
            to.writeNull();
        } else {
            to.writeString(text);
        }
    }

    private static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }
}
