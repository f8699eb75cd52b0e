package dev.holdfast.admin;

import dev.holdfast.config.Configuration;
import dev.holdfast.config.Sources;
import dev.holdfast.observe.Json;
import dev.holdfast.observe.Snapshot;
import dev.holdfast.observe.SnapshotJson;
import dev.holdfast.observe.meters.Scrape;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
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
                Snapshot now = status.get();
                history.add(now, History.bucket(now.epochMillis()));
                yield json(history::write);
            }
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
