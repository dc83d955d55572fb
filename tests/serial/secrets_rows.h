/* Made by secrets_rows.py: what CPython says. */
/* clang-format off */
static const token_row token_rows[] = {
    {0, "", ""},
    {1, "07", "Bw"},
    {2, "0726", "ByY"},
    {3, "072645", "ByZF"},
    {4, "07264564", "ByZFZA"},
    {5, "0726456483", "ByZFZIM"},
    {6, "0726456483a2", "ByZFZIOi"},
    {7, "0726456483a2c1", "ByZFZIOiwQ"},
    {8, "0726456483a2c1e0", "ByZFZIOiweA"},
    {9, "0726456483a2c1e0ff", "ByZFZIOiweD_"},
    {10, "0726456483a2c1e0ff1e", "ByZFZIOiweD_Hg"},
    {11, "0726456483a2c1e0ff1e3d", "ByZFZIOiweD_Hj0"},
    {12, "0726456483a2c1e0ff1e3d5c", "ByZFZIOiweD_Hj1c"},
    {32, "0726456483a2c1e0ff1e3d5c7b9ab9d8f71635547392b1d0ef0e2d4c6b8aa9c8", "ByZFZIOiweD_Hj1ce5q52PcWNVRzkrHQ7w4tTGuKqcg"},
    {100, "0726456483a2c1e0ff1e3d5c7b9ab9d8f71635547392b1d0ef0e2d4c6b8aa9c8e70625446382a1c0dffe1d3c5b7a99b8d7f61534537291b0cfee0d2c4b6a89a8c7e60524436281a0bfdefd1c3b5a7998b7d6f51433527190afceed0c2b4a6988a7c6e504", "ByZFZIOiweD_Hj1ce5q52PcWNVRzkrHQ7w4tTGuKqcjnBiVEY4KhwN_-HTxbepm41_YVNFNykbDP7g0sS2qJqMfmBSRDYoGgv979HDtaeZi31vUUM1JxkK_O7QwrSmmIp8blBA"},
};
