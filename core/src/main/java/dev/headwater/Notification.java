package dev.headwater;

/** Transient news: told to whoever listens at the moment, never stored, never replayed. */
public non-sealed interface Notification extends Message {}
