package dev.holdfast.admin;

import dev.holdfast.config.Configuration;
import dev.holdfast.config.Explanation;
import dev.holdfast.config.RequestUrl;
import dev.holdfast.config.Sources;
import dev.holdfast.observe.Json;
import dev.holdfast.observe.Snapshot;
import dev.holdfast.observe.SnapshotJson;
import dev.holdfast.observe.meters.Scrape;
import dev.holdfast.policy.Mode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;

/** What there is to be seen: the page, and what it is made of. Never a value that may be a credential. */
final class Views implements Handler {
    private static final String JSON = "application/json";

    private final Supplier<Snapshot> status;
    private final Supplier<Configuration> configuration;
    private final Scrape scrape;
    private final History history;

    Views(Supplier<Snapshot> status, Supplier<Configuration> configuration, History history) {
        this.status = status;
        this.configuration = configuration;
        this.history = history;
        this.scrape = new Scrape(status);
    }

    @Override
    public Response answer(Request request) {
        return switch (request.path()) {
            case "/" -> Page.get();
            case "/status" -> json(json -> SnapshotJson.write(status.get(), json));
            case "/history" -> {
                history.add(status.get());
                yield json(history::write);
            }
            case "/explain" -> explanation(request.parameter("method"), request.parameter("url"));
            case "/configuration" -> configuration(request.parameter("policy"));
            case "/metrics" -> metrics(request);
            default -> Response.empty(404);
        };
    }

    private Response metrics(Request request) {
        try {
            Scrape.Text text = scrape.text(request.header("accept"));
            return Response.of(text.contentType(), text.body());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The values of one policy: of all of them together there could be too many. */
    private Response configuration(@Nullable String policy) {
        Configuration inForce = configuration.get();
        return json(json -> {
            json.writeStartObject();
            json.writeStringProperty("file", inForce.file());
            json.writeArrayPropertyStart("values");
            if (policy != null) {
                for (Sources.Value value : inForce.sources().values(policy)) {
                    write(value, json);
                }
            }
            json.writeEndArray();
            json.writeEndObject();
        });
    }

    private Response explanation(@Nullable String method, @Nullable String url) {
        return json(json -> {
            json.writeStartObject();
            try {
                RequestUrl parsed = RequestUrl.parse(url == null ? "" : url);
                write(Explanation.of(configuration.get(), method == null ? "GET" : method, parsed), json);
            } catch (IllegalArgumentException e) {
                json.writeStringProperty("error", String.valueOf(e.getMessage()));
            }
            json.writeEndObject();
        });
    }

    private static void write(Explanation why, JsonGenerator json) {
        json.writeStringProperty("method", why.method());
        json.writeStringProperty("url", why.url().toString());
        Mode mode = why.mode();
        string(json, "policy", why.policy());
        string(json, "mode", mode == null ? null : word(mode));
        json.writeBooleanProperty("untouched", why.untouched());
        write("hosts", why.hosts(), json);
        json.writeNumberProperty("hosts_left_out", why.hostsLeftOut());
        write("routes", why.routes(), json);
        json.writeArrayPropertyStart("values");
        for (Sources.Value value : why.values()) {
            write(value, json);
        }
        json.writeEndArray();
    }

    private static void write(String name, List<Explanation.Candidate> candidates, JsonGenerator json) {
        json.writeArrayPropertyStart(name);
        for (Explanation.Candidate candidate : candidates) {
            json.writeStartObject();
            json.writeStringProperty("pattern", candidate.pattern());
            json.writeNumberProperty("line", candidate.line());
            json.writeStringProperty("verdict", word(candidate.verdict()));
            json.writeStringProperty("reason", candidate.reason());
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    private static void string(JsonGenerator json, String name, @Nullable String value) {
        json.writeName(name);
        if (value == null) {
            json.writeNull();
        } else {
            json.writeString(value);
        }
    }

    private static void write(Sources.Value value, JsonGenerator json) {
        json.writeStartObject();
        json.writeStringProperty("key", value.key());
        json.writeStringProperty("value", value.text());
        json.writeNumberProperty("line", value.line());
        json.writeStringProperty("from", value.from());
        json.writeEndObject();
    }

    private static Response json(Consumer<JsonGenerator> content) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JsonGenerator json = Json.generator(bytes)) {
            content.accept(json);
        }
        return Response.of(JSON, bytes.toByteArray());
    }
}
