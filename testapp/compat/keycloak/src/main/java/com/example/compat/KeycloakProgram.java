package com.example.compat;

import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.client.Client;
import jakarta.ws.rs.client.ClientBuilder;
import jakarta.ws.rs.core.Response;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.keycloak.admin.client.Keycloak;
import org.keycloak.admin.client.KeycloakBuilder;

/** Keycloak's admin client: interfaces in front of RESTEasy. */
final class KeycloakProgram {
    private KeycloakProgram() {}

    /** A resource, as the admin client's own are declared. */
    interface Resource {
        @GET
        Response get(@HeaderParam("Idempotency-Key") @Nullable String key);

        @POST
        @Consumes(Request.JSON)
        Response post(@HeaderParam("Idempotency-Key") @Nullable String key, String body);

        @PUT
        @Consumes(Request.JSON)
        Response put(@HeaderParam("Idempotency-Key") @Nullable String key, String body);

        @DELETE
        Response delete(@HeaderParam("Idempotency-Key") @Nullable String key);
    }

    public static void main(String[] arguments) {
        Client client = ClientBuilder.newBuilder()
                .readTimeout(Program.PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
                .build();
        try (Keycloak keycloak = KeycloakBuilder.builder()
                .serverUrl(arguments[0])
                .realm("shop")
                .clientId("admin")
                .authorization("none")
                .resteasyClient(client)
                .build()) {
            Program.of(arguments, "Keycloak admin client", "keycloak-admin-client")
                    .over("apache4")
                    .calls("proxy", Set.of("GET", "POST", "PUT", "DELETE"), request -> call(keycloak, request));
        }
    }

    private static Reply call(Keycloak keycloak, Request request) {
        Resource resource = keycloak.proxy(Resource.class, request.uri());
        String key = request.headers().get("Idempotency-Key");
        Response response = switch (request.method()) {
            case "POST" -> resource.post(key, request.text());
            case "PUT" -> resource.put(key, request.text());
            case "DELETE" -> resource.delete(key);
            default -> resource.get(key);
        };
        try (response) {
            String body = response.hasEntity() ? response.readEntity(String.class) : "";
            return new Reply(response.getStatus(), body, response.getHeaderString("X-Answer"));
        }
    }
}
