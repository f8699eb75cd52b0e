/**
 * Tests what an application and a server must see of each client and style under the agent: one contract, written once.
 * The {@code *Contract} classes run inside a JVM that was started with the packaged agent and {@code contract.toml};
 * {@link dev.holdfast.contract.ContractIT} forks one on each JDK and reports each of their tests as its own.
 */
@NullMarked
package dev.holdfast.contract;

import org.jspecify.annotations.NullMarked;
