set(command_tests)
