package dev.holdfast.observe.meters;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Makes meters in the global registry of a Micrometer that the application has loaded: by reflection, for its classes
 * are not ours. What crosses over are strings, and functions of the JDK's types. It holds the application's classes,
 * and so must not be held by anything of ours: see {@link ApplicationRegistries}.
 */
final class ForeignRegistrar implements Registrar {
    private static final String PACKAGE = "io.micrometer.core.instrument.";

    private final Object registry;
    private final Kind counter;
    private final Kind gauge;
    private final Kind timer;
    private final Method remove;
    private final ToDoubleFunction<GaugeValue> value;
    private final ToLongFunction<GaugeValue> count;

    /**
     * Creates a registrar for the Micrometer of one class loader.
     *
     * @param loader has loaded it
     * @param beforeReading to be called before a value is read
     * @throws ReflectiveOperationException it is no Micrometer of the shape that is known
     */
    ForeignRegistrar(ClassLoader loader, Runnable beforeReading) throws ReflectiveOperationException {
        Class<?> meterRegistry = loader.loadClass(PACKAGE + "MeterRegistry");
        registry =
                loader.loadClass(PACKAGE + "Metrics").getField("globalRegistry").get(null);
        remove = meterRegistry.getMethod("remove", loader.loadClass(PACKAGE + "Meter"));
        counter =
                new Kind(loader, "FunctionCounter", meterRegistry, String.class, Object.class, ToDoubleFunction.class);
        gauge = new Kind(loader, "Gauge", meterRegistry, String.class, Object.class, ToDoubleFunction.class);
        timer = new Kind(
                loader,
                "FunctionTimer",
                meterRegistry,
                String.class,
                Object.class,
                ToLongFunction.class,
                ToDoubleFunction.class,
                TimeUnit.class);
        // A reference to a meter keeps this function, and with it this object and all cells.
        value = gaugeValue -> {
            beforeReading.run();
            return gaugeValue.value();
        };
        count = gaugeValue -> {
            beforeReading.run();
            return gaugeValue.count();
        };
    }

    /** The builder of one kind of meters. */
    private static final class Kind {
        private final Method builder;
        private final Method tags;
        private final Method description;
        private final @Nullable Method baseUnit;
        private final Method register;

        Kind(ClassLoader loader, String name, Class<?> meterRegistry, Class<?>... arguments)
                throws ReflectiveOperationException {
            builder = loader.loadClass(PACKAGE + name).getMethod("builder", arguments);
            Class<?> type = builder.getReturnType();
            tags = type.getMethod("tags", String[].class);
            description = type.getMethod("description", String.class);
            baseUnit = name.equals("FunctionTimer") ? null : type.getMethod("baseUnit", String.class);
            register = type.getMethod("register", meterRegistry);
        }

        Object make(Object registry, Meter meter, String[] pairs, Object... arguments)
                throws ReflectiveOperationException {
            Object made = builder.invoke(null, arguments);
            tags.invoke(made, (Object) pairs);
            description.invoke(made, meter.help());
            if (baseUnit != null && !meter.unit().isEmpty()) {
                baseUnit.invoke(made, meter.unit());
            }
            return register.invoke(made, registry);
        }
    }

    @Override
    public Object add(Meter meter, List<String> labels, GaugeValue gaugeValue) {
        String[] pairs = new String[2 * labels.size()];
        for (int i = 0; i < labels.size(); i++) {
            pairs[2 * i] = meter.labels().get(i);
            pairs[2 * i + 1] = labels.get(i);
        }
        String id = meter.idInApplication();
        try {
            return switch (meter.kind()) {
                case COUNTER -> counter.make(registry, meter, pairs, id, gaugeValue, value);
                case GAUGE -> gauge.make(registry, meter, pairs, id, gaugeValue, value);
                case TIMER, HISTOGRAM ->
                    timer.make(registry, meter, pairs, id, gaugeValue, count, value, TimeUnit.SECONDS);
            };
        } catch (ReflectiveOperationException e) {
            throw failed(e);
        }
    }

    @Override
    public void remove(Object made) {
        try {
            remove.invoke(registry, made);
        } catch (ReflectiveOperationException e) {
            throw failed(e);
        }
    }

    private static IllegalStateException failed(ReflectiveOperationException e) {
        Throwable cause = e instanceof InvocationTargetException && e.getCause() != null ? e.getCause() : e;
        return new IllegalStateException("the application's Micrometer does not take a meter", cause);
    }
}
