package dev.holdfast.admin;

import dev.holdfast.config.Configuration;
import dev.holdfast.config.Explanation;
import dev.holdfast.config.ExplanationWriter;
import dev.holdfast.config.RequestUrl;
import dev.holdfast.observe.Json;
import dev.holdfast.observe.Snapshot;
import dev.holdfast.observe.SnapshotJson;
import dev.holdfast.observe.meters.Scrape;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;

/** Serves the pages of the admin endpoint: the live page and its data. Never a value that may be a credential. */
final class AdminRoutes implements Handler {
    private static final String JSON = "application/json";

    private final Supplier<Snapshot> status;
    private final Supplier<Configuration> configuration;
    private final Scrape scrape;
    private final History history;

    AdminRoutes(Supplier<Snapshot> status, Supplier<Configuration> configuration, History history) {
        this.status = status;
        this.configuration = configuration;
        this.history = history;
        this.scrape = new Scrape(status);
    }

    @Override
    public Response handle(Request request) {
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
            ExplanationWriter.settings(
                    policy == null ? List.of() : inForce.provenance().values(policy), json);
            json.writeEndObject();
        });
    }

    private Response explanation(@Nullable String method, @Nullable String url) {
        return json(json -> {
            json.writeStartObject();
            try {
                RequestUrl parsed = RequestUrl.parse(url == null ? "" : url);
                ExplanationWriter.write(
                        Explanation.of(configuration.get(), method == null ? "GET" : method, parsed), json);
            } catch (IllegalArgumentException e) {
                json.writeStringProperty("error", String.valueOf(e.getMessage()));
            }
            json.writeEndObject();
        });
    }

    private static Response json(Consumer<JsonGenerator> content) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JsonGenerator json = Json.generator(bytes)) {
            content.accept(json);
        }
        return Response.of(JSON, bytes.toByteArray());
    }
}
