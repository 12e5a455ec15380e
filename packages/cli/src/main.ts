process.stdout.write("ebb\n");
