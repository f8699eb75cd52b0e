package com.example.compat;

import jakarta.ws.rs.client.Client;
import jakarta.ws.rs.client.ClientBuilder;
import jakarta.ws.rs.client.Entity;
import jakarta.ws.rs.client.Invocation;
import jakarta.ws.rs.core.Response;
import java.net.URI;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.glassfish.jersey.client.ClientConfig;
import org.glassfish.jersey.client.ClientProperties;
import org.glassfish.jersey.client.HttpUrlConnectorProvider;
import org.glassfish.jersey.client.RequestEntityProcessing;

/** The Jersey client, which sets methods that the JDK refuses by reflection on whatever class the connection is of. */
final class JerseyProgram {
    private JerseyProgram() {}

    public static void main(String[] arguments) {
        Client buffered = client(RequestEntityProcessing.BUFFERED);
        Client chunked = client(RequestEntityProcessing.CHUNKED);
        Program.of(arguments, "Jersey client", "jersey-client")
                .calls("HttpUrlConnector, buffered", request -> call(buffered, request))
                .step("HttpUrlConnector, buffered", "asynchronous", "ok", uri -> asynchronous(buffered, uri))
                .step("HttpUrlConnector, buffered", "given-up", "hang", uri -> givenUp(buffered, uri))
                .calls("HttpUrlConnector, chunked", request -> call(chunked, request));
        buffered.close();
        chunked.close();
    }

    private static Client client(RequestEntityProcessing processing) {
        ClientConfig config = new ClientConfig()
                .property(ClientProperties.READ_TIMEOUT, (int) Program.PATIENCE.toMillis())
                .property(ClientProperties.REQUEST_ENTITY_PROCESSING, processing)
                .property(HttpUrlConnectorProvider.SET_METHOD_WORKAROUND, true);
        return ClientBuilder.newClient(config);
    }

    private static Reply call(Client client, Request request) {
        Invocation.Builder call = client.target(request.uri()).request();
        request.headers().forEach(call::header);
        Entity<String> body = request.body() == null ? null : Entity.json(request.body());
        try (Response response = body == null ? call.method(request.method()) : call.method(request.method(), body)) {
            return new Reply(
                    response.getStatus(), response.readEntity(String.class), response.getHeaderString("X-Answer"));
        }
    }

    private static String asynchronous(Client client, URI uri)
            throws InterruptedException, ExecutionException, TimeoutException {
        return client.target(uri).request().async().get(String.class).get(5, TimeUnit.SECONDS);
    }

    private static String givenUp(Client client, URI uri) throws InterruptedException, ExecutionException {
        var call = client.target(uri).request().async().post(Entity.text("x"), String.class);
        try {
            return call.get(300, TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            return "cancelled: " + call.cancel(true);
        }
    }
}
