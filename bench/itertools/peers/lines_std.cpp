#include "lines.h"

#include <fstream>
#include <string>

static uint64_t std_lines(const char *path)
{
    std::ifstream file(path, std::ios::binary);
    std::string line;
    uint64_t count = 0, bytes = 0;

    while (std::getline(file, line)) {
        count++;
        bytes += line.size();
    }
    return lines_sum(count, bytes);
}

static uint64_t std_words(const char *path)
{
    std::ifstream file(path, std::ios::binary);
    std::string word;
    uint64_t count = 0, bytes = 0;

    while (file >> word) {
        count++;
        bytes += word.size();
    }
    return lines_sum(count, bytes);
}

const lines_peer lines_std = {"std::getline, operator>>", nullptr, std_lines,
                              std_words};
