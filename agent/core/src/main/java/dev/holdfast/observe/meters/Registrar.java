package dev.holdfast.observe.meters;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A registry that meters are made in: of our own Micrometer, or of the application's. */
interface Registrar {
    /**
     * Makes a meter.
     *
     * @param labels the values of the meter's labels, in their order
     * @param gaugeValue what it shows, also while it is read by other threads; whoever calls holds on to it
     * @return what {@link #remove} takes; null for nothing
     */
    @Nullable
    Object add(Meter meter, List<String> labels, GaugeValue gaugeValue);

    /** Takes a meter back. */
    void remove(Object made);
}
