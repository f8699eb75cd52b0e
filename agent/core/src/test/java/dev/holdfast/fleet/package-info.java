/** Tests of what several JVMs share. */
package dev.holdfast.fleet;
