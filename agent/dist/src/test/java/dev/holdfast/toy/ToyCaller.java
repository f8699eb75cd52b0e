package dev.holdfast.toy;

import dev.holdfast.toy.lib.ToyClient;
import dev.holdfast.toy.lib.ToyRequest;
import dev.holdfast.toy.lib.ToyResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** An application of the toy library: makes a client, calls a server that answers every other request by 503. */
public final class ToyCaller implements Supplier<String> {
    private final List<String> received = new ArrayList<>();
    private final ToyClient client = ToyClient.of(request -> {
        received.add(request);
        return received.size() % 2 == 1 ? 503 : 200;
    });

    @Override
    public String get() {
        received.clear();
        int closed = ToyResponse.closed();
        int status = client.execute(new ToyRequest("GET /stock")).status();
        return client.version() + ": " + status + " to " + received + ", closed " + (ToyResponse.closed() - closed);
    }
}
