"""Read by gunicorn from the folder it is started in, whoever starts it."""

# Two portals of one user would share the socket, and nothing here speaks to it.
control_socket_disable = True
