package dev.holdfast.toy.adapter;

import dev.holdfast.instrumentation.AdapterContext;
import dev.holdfast.instrumentation.ClientAdapter;
import dev.holdfast.instrumentation.ClientInstrumentation;
import dev.holdfast.instrumentation.JoinPoint;
import java.util.ArrayList;
import java.util.List;

/** The toy library, which the agent of these tests has in its list of clients and no other has. */
public final class ToyInstrumentation implements ClientInstrumentation {
    /** The root package that the library is published with. */
    public static final String ROOT = "com/example/toylib";

    /** The class that is watched for, below the root package. */
    public static final String WATCHED = "/impl/RealClient";

    /** The list of clients with this one behind it. */
    public static List<ClientInstrumentation> addedTo(List<ClientInstrumentation> clients) {
        List<ClientInstrumentation> more = new ArrayList<>(clients);
        more.add(new ToyInstrumentation());
        return List.copyOf(more);
    }

    @Override
    public String name() {
        return "toylib";
    }

    @Override
    public String rootPackage() {
        return ROOT;
    }

    @Override
    public String versions() {
        return "1.0 to 2.0";
    }

    @Override
    public List<JoinPoint> joinPoints() {
        return List.of(
                JoinPoint.enter(0, ROOT + WATCHED, "execute", "(L" + ROOT + "/ToyRequest;)L" + ROOT + "/ToyResponse;"));
    }

    @Override
    public ClientAdapter adapter(AdapterContext context) {
        return new ToyAdapter(context);
    }
}
