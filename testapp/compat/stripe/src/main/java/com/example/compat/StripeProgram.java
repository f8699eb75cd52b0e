package com.example.compat;

import com.stripe.StripeClient;
import com.stripe.exception.StripeException;
import com.stripe.net.ApiResource;
import com.stripe.net.StripeResponse;
import java.util.Set;

/** Stripe's library, which gives each POST an {@code Idempotency-Key} and retries twice by itself. */
final class StripeProgram {
    private StripeProgram() {}

    public static void main(String[] arguments) {
        Program.of(arguments, "Stripe", "stripe-java")
                .headersInAnyOrder()
                .keysOfItsOwn()
                .calls("StripeClient, no retries", Set.of("GET", "POST", "DELETE"), request -> call(request, 0))
                .calls("StripeClient, 2 retries", Set.of("GET", "POST", "DELETE"), request -> call(request, 2));
    }

    private static Reply call(Request request, int retries) throws StripeException {
        String base = request.uri().getScheme() + "://" + request.uri().getAuthority();
        StripeClient client = StripeClient.builder()
                .setApiKey("none")
                .setApiBase(base)
                .setReadTimeout((int) Program.PATIENCE.toMillis())
                .setMaxNetworkRetries(retries)
                .build();
        StripeResponse response = client.rawRequest(
                ApiResource.RequestMethod.valueOf(request.method()),
                request.uri().getPath(),
                request.body() == null ? null : "order=1");
        return new Reply(
                response.code(),
                response.body(),
                response.headers().firstValue("X-Answer").orElse(null));
    }
}
