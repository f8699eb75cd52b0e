package dev.holdfast.toy.adapter;

import dev.holdfast.call.Engine;
import dev.holdfast.call.PolicyTarget;
import dev.holdfast.instrumentation.AdapterContext;
import dev.holdfast.instrumentation.ClientAdapter;
import dev.holdfast.toy.lib.ToyRequest;
import dev.holdfast.toy.lib.ToyResponse;
import dev.holdfast.toy.lib.impl.RealClient;
import org.jspecify.annotations.Nullable;

/**
 * Sends again at once what was answered by 503, as often as the policy says. Uses a class that the library's module
 * does not export.
 */
final class ToyAdapter implements ClientAdapter {
    private static final int UNAVAILABLE = 503;

    private final AdapterContext context;

    ToyAdapter(AdapterContext context) {
        this.context = context;
    }

    @Override
    public @Nullable Object enter(
            int joinPoint, Object self, @Nullable Object first, @Nullable Object second, @Nullable Object third) {
        Engine engine = context.engines().get();
        PolicyTarget target = engine == null ? null : engine.target("http", "toy.example", 80);
        if (target == null || first == null || first instanceof ToyAttempt) {
            return null;
        }
        ToyAttempt attempt = new ToyAttempt((ToyRequest) first);
        ToyResponse response = ((RealClient) self).execute(attempt);
        for (int i = 0; i < target.policy().retry().maxRetries() && response.status() == UNAVAILABLE; i++) {
            response.close();
            response = ((RealClient) self).execute(attempt);
        }
        return response;
    }
}
